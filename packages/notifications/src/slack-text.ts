import { oneLine } from './one-line.ts'

/**
 * What Slack reads as a mention, a link or an entity begins with one of these three:
 * https://docs.slack.dev/messaging/formatting-message-text#escaping
 */
const ENTITIES: Readonly<Record<string, string>> = { '&': '&amp;', '<': '&lt;', '>': '&gt;' }

/** Marks of mrkdwn have no escape; characters that look like them have no meaning. */
const MARKS: readonly { pattern: RegExp; instead: string }[] = [
  { pattern: /\*/g, instead: '\u2217' },
  { pattern: /~/g, instead: '\u223c' },
  { pattern: /`/g, instead: '\u02cb' },
  // Within a word it marks nothing, and names are full of it.
  { pattern: /(?<![\p{L}\p{N}])_|_(?![\p{L}\p{N}])/gu, instead: '\uff3f' },
]

/** User text for a place in mrkdwn: one line that means its words and nothing else. */
export function slackText(text: string, length: number): string {
  const plain = MARKS.reduce((told, { pattern, instead }) => told.replace(pattern, instead), oneLine(text, length))
  return plain.replace(/[&<>]/g, (mark) => ENTITIES[mark] ?? '')
}

/** A link to a URL that `webUrl` let through. A bar would begin the link's label. */
export function slackLink(url: string): string {
  if (url === '') return ''
  const safe = url.replaceAll('|', '%7C').replaceAll('<', '%3C').replaceAll('>', '%3E').replaceAll('&', '&amp;')
  return `<${safe}>`
}
