import { templateVariables } from '../config-diff/template-variables.ts'
import { type TextDiff, type TextLine, textDiff } from '../config-diff/text-diff.ts'
import type { JsonValue } from '../json.ts'
import type { ChangeView } from './change-view.ts'
import { codeSpan, fence } from './code.ts'
import { inlineValue } from './inline-value.ts'
import { jsonPreview } from './json-preview.ts'
import type { Ruler } from './size.ts'
import { shorten } from './visible-text.ts'

/** One change as Markdown, and whether something of it was left out. */
export interface RenderedChange {
  text: string
  cut: boolean
}

const MASK = /^\[REDACTED(?::[0-9a-f]{4})?\]$/
/** Characters of a path, and of a line inside a block. Longer lines are shown around what changed. */
const MAX_PATH = 200
const MAX_LINE = 2000
const LINE_LEAD = 80
const MAX_VARIABLES = 10
const SIGNS = { same: ' ', removed: '-', added: '+', moved: ' ' } as const

/**
 * Shows a change in at most `room` (in the ruler's unit): short values in the line, texts as a unified diff, structures
 * as JSON. What does not fit is cut at whole lines, inside a closed fence, with the count of lines; where not even that
 * fits, one line says what happened. Null: not even the line fits.
 */
export function renderChange(view: ChangeView, room: number, ruler: Ruler): RenderedChange | null {
  const name = `- ${view.path === '' ? 'The whole configuration' : codeSpan(shorten(view.path, MAX_PATH))}`
  const line = lineFor(view, name)
  if (line !== null) return ruler.measure(line) <= room ? { text: line, cut: false } : summary(view, name, room, ruler)
  const { language, lines } = blockFor(view, room)
  const variables = variablesNote(view)
  if (atLeast(lines) <= room) {
    const whole = `${name}:\n\n${fence(language, lines)}${variables}`
    if (ruler.measure(whole) <= room) return { text: whole, cut: lines.some(isCut) }
  }
  return (
    cutBlock(name, language, lines, room - ruler.measure(variables), ruler, variables) ??
    summary(view, name, room, ruler)
  )
}

/** No unit measures less than this: spares building a block that cannot fit. */
function atLeast(lines: readonly string[]): number {
  return lines.reduce((sum, line) => sum + line.length + 1, 0) / 2
}

function isCut(line: string): boolean {
  return line.length >= MAX_LINE && line.endsWith('…')
}

/** What fits in one line, or null. */
function lineFor(view: ChangeView, name: string): string | null {
  const { kind, before, after } = view
  if (kind === 'moved') return `${name} moved from ${codeSpan(shorten(view.from, MAX_PATH))}`
  if (kind === 'added' || kind === 'removed') {
    const value = inlineValue(kind === 'added' ? after : before)
    return value === null ? null : `${name}: ${value}`
  }
  if (isHidden(before, after)) return `${name}: changed (value redacted)`
  const [old, fresh] = [inlineValue(before), inlineValue(after)]
  return old === null || fresh === null ? null : `${name}: ${old} → ${fresh}`
}

/** A change of which redaction left no difference to see. */
function isHidden(before: JsonValue, after: JsonValue): boolean {
  if (typeof before === 'string' && typeof after === 'string') {
    return before === after || (MASK.test(before) && MASK.test(after))
  }
  if (typeof before !== 'object' || before === null) return Object.is(before, after)
  const size = 100_000
  return jsonPreview(before, size) === jsonPreview(after, size)
}

interface Block {
  language: 'diff' | 'json'
  lines: string[]
}

function blockFor({ kind, before, after, text }: ChangeView, room: number): Block {
  if (kind === 'modified') {
    const diff = text ?? textDiff(asText(before, room), asText(after, room))
    return { language: 'diff', lines: diffLines(diff) }
  }
  const value = kind === 'added' ? after : before
  const lines = asText(value, room).split('\n')
  if (typeof value !== 'string') return { language: 'json', lines: lines.map((line) => shorten(line, MAX_LINE)) }
  // As a diff, not bare: no line of a user's text may stand first in a line, where GitLab looks for quick actions.
  return { language: 'diff', lines: lines.map((line) => SIGNS[kind] + shorten(line, MAX_LINE)) }
}

/** Texts as they are; structures as JSON, no more of it than could be shown. */
function asText(value: JsonValue, room: number): string {
  return typeof value === 'string' ? value : jsonPreview(value, Math.max(1000, 2 * room))
}

function diffLines({ unit, hunks }: TextDiff): string[] {
  const lines: string[] = []
  for (const { beforeStart, beforeCount, afterStart, afterCount, lines: parts } of hunks) {
    if (hunks.length > 1 || beforeStart > 1) {
      const what = unit === 'sentence' ? ' sentences' : ''
      lines.push(`@@ -${beforeStart},${beforeCount} +${afterStart},${afterCount} @@${what}`)
    }
    parts.forEach(({ kind, text }, at) => {
      lines.push(SIGNS[kind] + (text.length <= MAX_LINE ? text : around(text, counterpart(parts, at))))
    })
  }
  return lines
}

/** The line that a long one was edited from or into: as far into the neighbouring run of the other kind. */
function counterpart(parts: readonly TextLine[], at: number): string | undefined {
  const kind = parts[at]?.kind
  if (kind === 'same') return undefined
  let start = at
  while (parts[start - 1]?.kind === kind) start--
  let end = at
  while (parts[end]?.kind === kind) end++
  let other = end
  if (kind === 'added') {
    other = start
    while (parts[other - 1]?.kind === 'removed') other--
  }
  const found = parts[other + at - start]
  return found?.kind === (kind === 'added' ? 'removed' : 'added') ? found.text : undefined
}

/** A long line from shortly before the place where it begins to differ from its counterpart. */
function around(text: string, other: string | undefined): string {
  if (text.length <= MAX_LINE) return text
  let same = 0
  if (other !== undefined) while (same < text.length && text.charCodeAt(same) === other.charCodeAt(same)) same++
  const start = Math.max(0, same - LINE_LEAD)
  return shorten(start === 0 ? text : `…${text.slice(start).replace(/^[\udc00-\udfff]/, '')}`, MAX_LINE)
}

/** What a changed prompt now asks its caller for, which is easily overlooked in a diff. */
function variablesNote({ kind, before, after }: ChangeView): string {
  if (kind !== 'modified' || typeof before !== 'string' || typeof after !== 'string') return ''
  const { added, removed } = templateVariables(before, after)
  const list = (names: string[]) => {
    const more = names.length > MAX_VARIABLES ? ` and ${names.length - MAX_VARIABLES} more` : ''
    return (
      names
        .slice(0, MAX_VARIABLES)
        .map((name) => codeSpan(shorten(name, 60)))
        .join(', ') + more
    )
  }
  const parts = [added.length > 0 ? `added ${list(added)}` : '', removed.length > 0 ? `removed ${list(removed)}` : '']
  const told = parts.filter((part) => part !== '').join('; ')
  return told === '' ? '' : `\n\n**Template variables**: ${told}`
}

/** As many whole lines as fit, and how many did not. Null: none does. */
function cutBlock(
  name: string,
  language: Block['language'],
  lines: readonly string[],
  room: number,
  ruler: Ruler,
  after: string,
): RenderedChange | null {
  const note = (left: number) =>
    `*${left} more ${left === 1 ? 'line' : 'lines'} of this change ${left === 1 ? 'is' : 'are'} not shown.*`
  // Escapes and fences make lines longer than they look: halve until it fits, which ends after a few rounds.
  let kept = 0
  let size = ruler.measure(`${name}:\n\n\`\`\`${language}\n\`\`\`\n\n${note(lines.length)}`)
  while (kept < lines.length && size + ruler.measure(lines[kept] ?? '') + 1 <= room) {
    size += ruler.measure(lines[kept++] ?? '') + 1
  }
  for (; kept > 0; kept = Math.floor(kept / 2)) {
    const text = `${name}:\n\n${fence(language, lines.slice(0, kept))}\n\n${note(lines.length - kept)}`
    if (ruler.measure(text) <= room) return { text: text + after, cut: true }
  }
  return null
}

function summary(view: ChangeView, name: string, room: number, ruler: Ruler): RenderedChange | null {
  const size = (value: JsonValue) =>
    typeof value === 'string'
      ? `${value.length} characters`
      : Array.isArray(value)
        ? `a list of ${value.length}`
        : 'a structure'
  const what = {
    added: () => `added, ${size(view.after)}`,
    removed: () => `removed, ${size(view.before)}`,
    modified: () => `changed, ${size(view.before)} → ${size(view.after)}`,
    moved: () => 'moved',
  }[view.kind]()
  const text = `${name}: ${what}`
  return ruler.measure(text) <= room ? { text, cut: true } : null
}
