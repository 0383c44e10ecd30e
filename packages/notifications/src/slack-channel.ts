import { isPullwrightError, type Transport, type TransportResponse } from '@pullwright/core'
import type { Channel, Message, Sent } from './channel.ts'
import { oneLine } from './one-line.ts'
import { slackLink, slackText } from './slack-text.ts'

export interface SlackChannelOptions {
  webhookUrl: string
  transport: Transport
  timeoutMs: number
  /** Takes the URL's secret out of what Slack repeats. */
  hide: (text: string) => string
}

/** Of a section's text, in characters: https://docs.slack.dev/reference/block-kit/blocks/section-block */
const SECTION_LIMIT = 3_000
/** Slack names a time with nearly every 429; for those without. */
const USUAL_PAUSE_MS = 30_000
const LONGEST_PAUSE_MS = 60 * 60_000

/** Posts to an incoming webhook: https://docs.slack.dev/messaging/sending-messages-using-incoming-webhooks */
export function slackChannel({ webhookUrl, transport, timeoutMs, hide }: SlackChannelOptions): Channel {
  return {
    // Without the marks around the title and the line feed.
    messageLimit: SECTION_LIMIT - 10,
    summaryLines: 10,
    value: slackText,
    link: slackLink,
    async send(message, { signal }) {
      try {
        const response = await transport.send({
          method: 'POST',
          url: webhookUrl,
          headers: { 'content-type': 'application/json' },
          body: JSON.stringify(postOf(message)),
          signal,
          timeoutMs,
          maxResponseBytes: 4_096,
        })
        return judge(response, hide)
      } catch (error) {
        if (!isPullwrightError(error) || signal.aborted) throw error
        return { kind: 'failed', reason: `Slack was not reached: ${hide(error.message)}` }
      }
    },
  }
}

/** `verbatim`, `parse` and `link_names` say that what looks like a name or a URL is text. */
function postOf({ title, text }: Message) {
  const whole = [title === '' ? '' : `*${title}*`, text].filter((part) => part !== '').join('\n')
  return {
    text: title,
    blocks: [{ type: 'section', text: { type: 'mrkdwn', text: whole, verbatim: true } }],
    parse: 'none',
    link_names: false,
    unfurl_links: false,
    unfurl_media: false,
  }
}

function judge({ status, headers, body }: TransportResponse, hide: (text: string) => string): Sent {
  if (status === 200) return { kind: 'sent' }
  if (status === 429) return { kind: 'busy', afterMs: pauseOf(headers['retry-after']), reason: 'Slack answered 429' }
  const said = oneLine(hide(new TextDecoder().decode(body)), 200)
  const reason = `Slack answered ${status}${said === '' ? '' : `: ${said}`}`
  if (status === 408 || status >= 500) return { kind: 'failed', reason }
  const advice = 'Is the webhook still there, and its channel? Give `slack({ webhookUrl })` a working one, then retry.'
  return { kind: 'refused', reason: `${reason}. ${advice}` }
}

function pauseOf(header: string | undefined): number {
  const seconds = header?.trim() ?? ''
  return /^\d{1,9}$/.test(seconds) ? Math.min(Number(seconds) * 1_000, LONGEST_PAUSE_MS) : USUAL_PAUSE_MS
}
