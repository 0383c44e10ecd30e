import { diffWordsWithSpace } from 'diff/lib/diff/word.js'
import { alignSequences } from './sequence-alignment.ts'

/** What changed in a text, as hunks of lines with some unchanged ones around. Plain data. */
export interface TextDiff {
  /** `sentence`: one long line on both sides, cut after sentences. Numbers then count sentences. */
  unit: 'line' | 'sentence'
  hunks: TextHunk[]
}

export interface TextHunk {
  /** First line of the hunk, from 1. */
  beforeStart: number
  beforeCount: number
  afterStart: number
  afterCount: number
  lines: TextLine[]
}

export interface TextLine {
  kind: 'same' | 'removed' | 'added'
  /** Without its line feed; a sentence keeps its trailing white space. */
  text: string
  /** In a line that was edited: its parts in order. Together they are `text`. */
  spans?: TextSpan[]
}

export interface TextSpan {
  text: string
  changed: boolean
}

/** Unchanged lines shown around a change, as in `diff -u`. */
const CONTEXT = 3
/** A single line longer than this is cut after sentences. */
const LONG_LINE = 200
/** Bounds on emphasis inside lines: words compared, edits, and pairs of lines in one text. */
const MAX_LINE_FOR_WORDS = 4000
const MAX_WORD_EDITS = 100
const MAX_EMPHASISED = 500
/** With less than this part of a line kept, emphasis would mark everything. */
const MIN_KEPT = 0.3
const WORD = /[\p{L}\p{N}_]+|[^\s\p{L}\p{N}_]/gu

/**
 * Lines removed and added, with the words that changed inside edited lines. Deterministic, and bounded for any size:
 * effort is limited by counts, never by time. Equal texts have no hunks.
 */
export function textDiff(before: string, after: string): TextDiff {
  const unit = isLongLine(before, after) ? 'sentence' : 'line'
  const cut = unit === 'line' ? (text: string) => text.split('\n') : sentences
  const x = cut(before)
  const y = cut(after)
  return { unit, hunks: before === after ? [] : hunksOf(changedMiddle(x, y)) }
}

/** What both have at the start and at the end is left out, but for the context that a hunk shows of it. */
function changedMiddle(x: readonly string[], y: readonly string[]): Edit[] {
  const shorter = Math.min(x.length, y.length)
  let start = 0
  while (start < shorter && x[start] === y[start]) start++
  let end = 0
  while (end < shorter - start && x[x.length - 1 - end] === y[y.length - 1 - end]) end++
  const from = Math.max(0, start - CONTEXT)
  const after = Math.max(0, end - CONTEXT)
  const middle = edits(x.slice(from, x.length - after), y.slice(from, y.length - after))
  for (const edit of middle) {
    edit.before += from
    edit.after += from
  }
  return middle
}

function isLongLine(before: string, after: string): boolean {
  return !before.includes('\n') && !after.includes('\n') && Math.max(before.length, after.length) > LONG_LINE
}

/** Joined, they are the text. Look-behinds of fixed length keep it linear. */
function sentences(text: string): string[] {
  return text.split(/(?<=[.!?…]["'”’)\]]?\s)(?=\S)|(?<=[。！？])(?=\S)/u)
}

interface Edit {
  line: TextLine
  /** How many lines of each side stand before this one. */
  before: number
  after: number
}

function edits(x: readonly string[], y: readonly string[]): Edit[] {
  const numbers = new Map<string, number>()
  const classOf = (line: string) => {
    const number = numbers.get(line) ?? numbers.size
    numbers.set(line, number)
    return number
  }
  const source = alignSequences(x.map(classOf), y.map(classOf))
  const result: Edit[] = []
  let budget = MAX_EMPHASISED
  let i = 0
  let j = 0
  while (i < x.length || j < y.length) {
    const removed: Edit[] = []
    const added: Edit[] = []
    let next = j
    while (next < y.length && source[next] === -1) next++
    const end = next < y.length ? (source[next] ?? x.length) : x.length
    const startAfter = j
    for (; i < end; i++) removed.push({ line: { kind: 'removed', text: x[i] ?? '' }, before: i, after: startAfter })
    for (; j < next; j++) added.push({ line: { kind: 'added', text: y[j] ?? '' }, before: end, after: j })
    budget = emphasise(removed, added, budget)
    for (const edit of removed) result.push(edit)
    for (const edit of added) result.push(edit)
    if (j < y.length) result.push({ line: { kind: 'same', text: y[j] ?? '' }, before: i++, after: j++ })
  }
  return result
}

/** Marks words in lines that were edited in place: the nth removed against the nth added. Answers what is left of the budget. */
function emphasise(removed: readonly Edit[], added: readonly Edit[], budget: number): number {
  const pairs = Math.min(removed.length, added.length, budget)
  for (let n = 0; n < pairs; n++) {
    const old = removed[n]?.line
    const fresh = added[n]?.line
    if (old !== undefined && fresh !== undefined) markWords(old, fresh)
  }
  return budget - pairs
}

function markWords(old: TextLine, fresh: TextLine): void {
  const longer = Math.max(old.text.length, fresh.text.length)
  if (longer > MAX_LINE_FOR_WORDS || !alike(old.text, fresh.text, MIN_KEPT * longer)) return
  const parts = diffWordsWithSpace(old.text, fresh.text, { maxEditLength: MAX_WORD_EDITS })
  if (parts === undefined) return
  let kept = 0
  for (const part of parts) if (!part.added && !part.removed) kept += part.value.trim().length
  if (kept < MIN_KEPT * longer) return
  old.spans = parts.filter((part) => !part.added).map(({ value, removed }) => ({ text: value, changed: removed }))
  fresh.spans = parts.filter((part) => !part.removed).map(({ value, added }) => ({ text: value, changed: added }))
}

/** Whether words of at least so many letters occur in both: a cheap answer that spares most searches in vain. */
function alike(x: string, y: string, letters: number): boolean {
  const words = new Set(x.match(WORD))
  let shared = 0
  for (const word of y.match(WORD) ?? []) {
    if (words.has(word)) shared += word.length
    if (shared >= letters) return true
  }
  return false
}

function hunksOf(all: readonly Edit[]): TextHunk[] {
  const hunks: TextHunk[] = []
  let lastEnd = 0
  for (let at = 0; at < all.length; at++) {
    if (all[at]?.line.kind === 'same') continue
    let end = at + 1
    for (let quiet = 0; end < all.length && quiet <= 2 * CONTEXT; end++) {
      quiet = all[end]?.line.kind === 'same' ? quiet + 1 : 0
      if (quiet > 2 * CONTEXT) break
    }
    while (end > at && all[end - 1]?.line.kind === 'same') end--
    const from = Math.max(lastEnd, at - CONTEXT)
    const to = Math.min(all.length, end + CONTEXT)
    hunks.push(hunkOf(all.slice(from, to)))
    lastEnd = to
    at = to - 1
  }
  return hunks
}

function hunkOf(part: readonly Edit[]): TextHunk {
  const first = part[0]
  return {
    beforeStart: (first?.before ?? 0) + 1,
    beforeCount: part.filter(({ line }) => line.kind !== 'added').length,
    afterStart: (first?.after ?? 0) + 1,
    afterCount: part.filter(({ line }) => line.kind !== 'removed').length,
    lines: part.map(({ line }) => line),
  }
}
