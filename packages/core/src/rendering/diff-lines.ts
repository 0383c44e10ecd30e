import { type TextDiff, type TextHunk, type TextLine, textDiff } from '../config-diff/text-diff.ts'
import { shorten } from './visible-text.ts'

/** Forges do not wrap code: longer lines are broken here, so that nobody reads a prompt through a scroll bar. */
const WIDTH = 110
/** Lines longer than this are taken apart after sentences where they were edited. */
const LONG_LINE = 200
/** Of one line no more is shown than this, around what changed, from a little before. */
const MAX_LINE = 2000
const LINE_LEAD = 80
const CONTINUED = '↪ '
const SIGNS = { same: ' ', removed: '-', added: '+' } as const

export interface ShownLines {
  lines: string[]
  /** How many more there were, which `room` left no place for. */
  left: number
  /** Whether something of a line was left out. */
  cut: boolean
}

/** A text diff as the lines of a `diff` block, about as much as `room` (UTF-16 units) can show. */
export function diffLines({ unit, hunks }: TextDiff, room: number): ShownLines {
  const shown: ShownLines = { lines: [], left: 0, cut: false }
  let used = 0
  const put = (kind: TextLine['kind'], text: string) => {
    if (used > room) {
      shown.left++
      return
    }
    if (text.length > MAX_LINE) shown.cut = true
    const signed = signedLines(SIGNS[kind], shorten(unit === 'sentence' ? text.trimEnd() : text, MAX_LINE))
    for (const line of signed) used += line.length + 1
    shown.lines.push(...signed)
  }
  for (const hunk of hunks) {
    const header = hunkHeader(hunk, unit)
    if ((hunks.length > 1 || hunk.beforeStart > 1) && used <= room) shown.lines.push(header)
    for (const run of runsOf(hunk.lines)) putRun(run, put, () => used > room)
  }
  return shown
}

/** A text with one sign before each of its lines, long ones broken. */
export function signedLines(sign: string, text: string): string[] {
  return text.split('\n').flatMap((line) => broken(line).map((part, at) => sign + (at > 0 ? CONTINUED : '') + part))
}

function hunkHeader({ beforeStart, beforeCount, afterStart, afterCount }: TextHunk, unit: TextDiff['unit']): string {
  return `@@ -${beforeStart},${beforeCount} +${afterStart},${afterCount} @@${unit === 'sentence' ? ' sentences' : ''}`
}

interface Run {
  same: string[]
  removed: string[]
  added: string[]
}

/** Lines kept, or removed and added together. */
function runsOf(lines: readonly TextLine[]): Run[] {
  const runs: Run[] = []
  let last: Run | undefined
  for (const { kind, text } of lines) {
    const fits = last !== undefined && (kind === 'same' ? last.same.length > 0 : last.same.length === 0)
    if (last === undefined || !fits) {
      last = { same: [], removed: [], added: [] }
      runs.push(last)
    }
    last[kind].push(text)
  }
  return runs
}

type Put = (kind: TextLine['kind'], text: string) => void

function putRun({ same, removed, added }: Run, put: Put, isFull: () => boolean): void {
  for (const text of same) put('same', text)
  const pairs = Math.min(removed.length, added.length)
  const long = (text: string | undefined) => (text?.length ?? 0) > LONG_LINE
  if (pairs === 0 || isFull() || !(removed.some(long) && added.some(long))) {
    for (const text of removed) put('removed', text)
    for (const text of added) put('added', text)
    return
  }
  for (let at = 0; at < Math.max(removed.length, added.length); at++) {
    const [old, fresh] = [removed[at], added[at]]
    if (old !== undefined && fresh !== undefined && !isFull() && (long(old) || long(fresh))) putEdited(old, fresh, put)
    else {
      if (old !== undefined) put('removed', old)
      if (fresh !== undefined) put('added', fresh)
    }
  }
}

/** One long line that became another: the sentences that changed, between the next ones. */
function putEdited(old: string, fresh: string, put: Put): void {
  const { hunks } = textDiff(old, fresh)
  const only = hunks.length === 1 && hunks[0]?.lines.every(({ kind }) => kind !== 'same')
  if (only) {
    put('removed', around(old, fresh))
    put('added', around(fresh, old))
    return
  }
  hunks.forEach(({ lines, beforeStart }, at) => {
    const first = lines.findIndex(({ kind }) => kind !== 'same')
    const last = lines.findLastIndex(({ kind }) => kind !== 'same')
    if (at > 0 || beforeStart > 1 || first > 1) put('same', '…')
    lines.slice(Math.max(0, first - 1), last + 2).forEach(({ kind, text }) => {
      put(kind, text.trimEnd())
    })
    if (at === hunks.length - 1 && last + 2 < lines.length) put('same', '…')
  })
}

/** A long line from shortly before the place where it begins to differ from its counterpart. */
function around(text: string, other: string): string {
  if (text.length <= MAX_LINE) return text
  let same = 0
  while (same < text.length && text.charCodeAt(same) === other.charCodeAt(same)) same++
  const start = Math.max(0, same - LINE_LEAD)
  return start === 0 ? text : `…${text.slice(start).replace(/^[\udc00-\udfff]/, '')}`
}

/** Broken at spaces, or anywhere in a word that is longer than a line. */
function broken(line: string): string[] {
  const parts: string[] = []
  let rest = line
  while (rest.length > WIDTH) {
    const space = rest.lastIndexOf(' ', WIDTH)
    let end = space > WIDTH / 2 ? space + 1 : WIDTH
    if (/[\ud800-\udbff]/.test(rest.charAt(end - 1))) end--
    parts.push(rest.slice(0, end).trimEnd())
    rest = rest.slice(end)
  }
  parts.push(rest)
  return parts
}
