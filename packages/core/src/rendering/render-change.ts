import { textDiff } from '../config-diff/text-diff.ts'
import type { JsonValue } from '../json.ts'
import { secretNote, variablesNote, wordsNote } from './change-notes.ts'
import type { ChangeView } from './change-view.ts'
import { codeSpan, fence } from './code.ts'
import { diffLines, signedLines } from './diff-lines.ts'
import { inlineValue } from './inline-value.ts'
import { jsonPreview } from './json-preview.ts'
import { fact } from './prose.ts'
import type { Ruler } from './size.ts'
import { renderTold } from './told.ts'
import { shorten } from './visible-text.ts'

/** One change as Markdown, and whether something of it was left out. */
export interface RenderedChange {
  text: string
  cut: boolean
}

export interface ChangeRoom {
  /** In the ruler's unit. */
  room: number
  ruler: Ruler
  /** Whether the forge renders `<details>`. */
  details: boolean
}

const MASK = /^\[REDACTED(?::[0-9a-f]{4})?\]$/
/** What the counts of lines in a fold may take beyond the first guess. */
const COUNTS = 40
/** Characters of a path. */
const MAX_PATH = 200
/** Two texts side by side in a line, together: longer ones are easier to compare one above the other. */
const MAX_SIDE_BY_SIDE = 80
/** Blocks of more lines are folded: what is new or gone is read once, an edit is what the reviewer came for. */
const FOLDED = { added: 16, removed: 8, modified: 50, moved: 50 } as const

/**
 * Shows a change in its room: short values in the line, texts as a unified diff, structures as JSON, long ones folded.
 * What does not fit is cut at whole lines, inside a closed fence, with the count of lines; where not even that fits, one
 * line says what happened. Null: not even the line fits.
 */
export function renderChange(view: ChangeView, place: ChangeRoom): RenderedChange | null {
  const { room, ruler } = place
  const path = view.path === '' ? 'The whole configuration' : codeSpan(shorten(view.path, MAX_PATH))
  const name = `- ${path}`
  const line = lineFor(view, name)
  if (line !== null) return ruler.measure(line) <= room ? { text: line, cut: false } : summary(view, name, room, ruler)
  const block = blockFor(view, room)
  const title = `**${path}**${elementNote(view)}`
  if (block.left === 0 && atLeast(block.lines) <= room) {
    const whole = assemble(title, view, block, block.lines.length, place)
    if (ruler.measure(whole) <= room) return { text: whole, cut: block.cut }
  }
  return cutBlock(title, view, block, place) ?? summary(view, name, room, ruler)
}

/** No unit measures less than this: spares building a block that cannot fit. */
function atLeast(lines: readonly string[]): number {
  return lines.reduce((sum, line) => sum + line.length + 1, 0) / 2
}

function elementNote({ element }: ChangeView): string {
  if (element === null) return ''
  const name = element.what === 'message' ? fact(element.name) : codeSpan(element.name)
  return element.what === 'message'
    ? ` (${name} message)`
    : ` (${element.what === '' ? '' : `${element.what} `}${name})`
}

/** What fits in one line, or null. */
function lineFor(view: ChangeView, name: string): string | null {
  const { kind, before, after, told } = view
  if (told !== null) return `${name}${elementNote(view)}: ${renderTold(told)}`
  if (kind === 'moved') return `${name}${elementNote(view)} moved from ${codeSpan(shorten(view.from, MAX_PATH))}`
  if (kind === 'added' || kind === 'removed') {
    const value = inlineValue(kind === 'added' ? after : before)
    return value === null ? null : `${name}${elementNote(view)}: ${value}`
  }
  if (isHidden(before, after)) return `${name}: changed (value redacted)`
  const texts = typeof before === 'string' && typeof after === 'string'
  if (texts && before.length + after.length > MAX_SIDE_BY_SIDE && !/^[!-~]*$/.test(before + after)) return null
  const [old, fresh] = [inlineValue(before), inlineValue(after)]
  if (old === null || fresh === null) return null
  const hidden = view.secretChanged ? ' (a hidden value in it changed too)' : ''
  return `${name}${elementNote(view)}: ${old} → ${fresh}${hidden}`
}

/** A change of which redaction left no difference to see. */
export function isHidden(before: JsonValue, after: JsonValue): boolean {
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
  /** Lines that were not even written, since there is no room for them. */
  left: number
  /** Whether something inside the lines was left out. */
  cut: boolean
  notes: string[]
}

function blockFor(view: ChangeView, room: number): Block {
  const { kind, before, after } = view
  const variables = variablesNote(view)
  if (kind === 'modified') {
    // Kept with the view: it may be tried in several sizes.
    if (typeof before === 'string' && typeof after === 'string') view.text ??= textDiff(before, after)
    const diff = view.text ?? textDiff(asText(before, room), asText(after, room))
    const notes = [wordsNote(diff), variables, secretNote(view)].filter((note) => note !== '')
    return { language: 'diff', ...diffLines(diff, room), notes }
  }
  const value = kind === 'added' ? after : before
  const notes = variables === '' ? [] : [variables]
  const whole = asText(value, room)
  if (typeof value !== 'string')
    return { language: 'json', lines: whole.split('\n'), left: 0, cut: whole.endsWith('…'), notes }
  const shown = shorten(value, 2 * room + 1000)
  const left = shown === value ? 0 : value.slice(shown.length).split('\n').length
  // As a diff, not bare: no line of a user's text may stand first in a line, where GitLab looks for quick actions.
  return { language: 'diff', lines: signedLines(kind === 'added' ? '+' : '-', shown), left, cut: false, notes }
}

/** Texts as they are; structures as JSON, no more of it than could be shown. */
function asText(value: JsonValue, room: number): string {
  return typeof value === 'string' ? value : jsonPreview(value, Math.max(1000, 2 * room))
}

/** The change with the first `kept` lines of its block, and the count of the others. */
function assemble(title: string, view: ChangeView, block: Block, kept: number, { details }: ChangeRoom): string {
  const { lines, language, notes } = block
  const left = lines.length - kept + block.left
  const code = fence(language, kept < lines.length ? lines.slice(0, kept) : lines)
  const more = `*${left} more ${left === 1 ? 'line' : 'lines'} of this change ${left === 1 ? 'is' : 'are'} not shown.*`
  const folded = details && lines.length + block.left > FOLDED[view.kind]
  const shown = left > 0 ? [code, more] : [code]
  const counts = countLines(block)
  const body = folded
    ? ['<details>', `<summary>${counts}</summary>`, '', shown.join('\n\n'), '', '</details>'].join('\n')
    : shown.join('\n\n')
  return [`${title}:`, ...(folded ? notes : []), body, ...(folded ? [] : notes)].join('\n\n')
}

function countLines({ lines, left, language }: Block): string {
  const total = `${lines.length + left} lines`
  if (language === 'json') return `Show ${total}`
  const count = (sign: string) => lines.filter((line) => line.startsWith(sign)).length
  const [added, removed] = [count('+'), count('-')]
  return added > 0 && removed > 0 ? `Show the diff: ${added} lines added, ${removed} removed` : `Show ${total}`
}

/** As many whole lines as fit, and how many did not. Null: none does. */
function cutBlock(title: string, view: ChangeView, block: Block, place: ChangeRoom): RenderedChange | null {
  const { room, ruler } = place
  // Escapes and fences make lines longer than they look: fewer and fewer until it fits, which ends after a few rounds.
  let kept = 0
  let size =
    COUNTS +
    ruler.measure(assemble(title, view, { ...block, lines: [], left: block.left + block.lines.length }, 0, place))
  while (kept < block.lines.length && size + ruler.measure(block.lines[kept] ?? '') + 1 <= room) {
    size += ruler.measure(block.lines[kept++] ?? '') + 1
  }
  for (; kept > 0; kept = Math.floor(kept * 0.75)) {
    const text = assemble(title, view, block, kept, place)
    if (ruler.measure(text) <= room) return { text, cut: true }
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
    modified: () => (view.told === null ? `changed, ${size(view.before)} → ${size(view.after)}` : 'changed'),
    moved: () => 'moved',
  }[view.kind]()
  const text = `${name}: ${what}`
  return ruler.measure(text) <= room ? { text, cut: true } : null
}
