import { visibleLine, visibleText } from './visible-text.ts'

/**
 * Text as inline code: no forge looks for Markdown, HTML, mentions or references in it. On one line; the delimiter is
 * longer than any run of backticks inside.
 */
export function codeSpan(text: string): string {
  const content = text === '' ? '""' : visibleLine(text)
  const delimiter = '`'.repeat(longestRun(content) + 1)
  const pad = content.startsWith('`') || content.endsWith('`') || /^ .*[^ ].* $/.test(content) ? ' ' : ''
  return delimiter + pad + content + pad + delimiter
}

/** Lines as a code block. Its fence is longer than any run of backticks inside, so no line can close it. */
export function fence(language: 'diff' | 'json', lines: readonly string[]): string {
  const shown = lines.map((line) => visibleText(line).replaceAll('\n', '\\n'))
  const longest = shown.reduce((most, line) => Math.max(most, longestRun(line)), 0)
  const marks = '`'.repeat(Math.max(3, longest + 1))
  return [marks + language, ...shown, marks].join('\n')
}

function longestRun(text: string): number {
  let longest = 0
  for (let at = text.indexOf('`'); at >= 0; at = text.indexOf('`', at)) {
    const start = at
    while (text.charCodeAt(at) === 96) at++
    longest = Math.max(longest, at - start)
  }
  return longest
}

/** User text for the inside of inline code that is already open, as in a host's template: it cannot close it. */
export function insideCode(text: string): string {
  return visibleLine(text).replaceAll('`', "'")
}
