import type { Search } from './hide-text.ts'
import type { Span } from './span.ts'

/** Shorter ones are hidden only where they are the whole text: inside others they would stand by chance. */
const LEAST = 4
const LEAST_ENCODED = 6

/** Beyond so many the oldest half is forgotten. */
const MOST_VALUES = 10_000

const NOTHING: Span[] = []

export interface KnownValues {
  /** All places of a text, from left to right, merged where they overlap. */
  search: Search
  learn(values: readonly string[]): void
}

/** Exact secrets, also as base64 (at any of its three offsets, twice, or in lines), base64url, hex, URL- and
 * JSON-encoded. */
export function createKnownValues(values: readonly string[]): KnownValues {
  const fixed = new Set(values.filter(isValue))
  let all = new Set<string>()
  let index: Index | null = null
  learn([...fixed])
  return { search, learn }

  function learn(more: readonly string[]): void {
    for (const value of more) {
      if (!isValue(value) || all.has(value)) continue
      if (all.size >= MOST_VALUES + fixed.size) forget()
      all.add(value)
      if (value.length < LEAST) continue
      index ??= { may: new Uint8Array(STATES), byStart: new Map() }
      for (const form of formsOf(value)) put(index, form)
    }
  }

  function forget(): void {
    const newest = [...all].slice(-MOST_VALUES / 2)
    all = new Set()
    index = null
    learn([...fixed, ...newest])
  }

  function search(text: string): Span[] {
    if (text.length < LEAST && all.has(text)) return [{ start: 0, end: text.length, detector: 'known-value' }]
    if (index === null) return NOTHING
    const spans: Span[] = []
    const { may, byStart } = index
    let state = 0
    for (let at = 0; at < text.length; at++) {
      state = ((state << 4) ^ text.charCodeAt(at)) & 0xffff
      if (may[state] === 0) continue
      const start = at - (LEAST - 1)
      const end = endOf(byStart.get(state) ?? [], text, start)
      if (end >= 0) add(spans, start, end)
    }
    return spans
  }
}

function endOf(candidates: readonly string[], text: string, start: number): number {
  for (const candidate of candidates) if (text.startsWith(candidate, start)) return start + candidate.length
  return -1
}

function isValue(value: unknown): value is string {
  return typeof value === 'string' && value !== ''
}

function add(spans: Span[], start: number, end: number): void {
  const last = spans.at(-1)
  if (last !== undefined && start < last.end) last.end = Math.max(last.end, end)
  else spans.push({ start, end, detector: 'known-value' })
}

const STATES = 0x10000

/** Texts by the hash of their first four characters, the longest first. */
interface Index {
  /** 1 where there is one: small enough to stay near the processor, as each character of each text is looked up in it. */
  may: Uint8Array
  byStart: Map<number, string[]>
}

function put({ may, byStart }: Index, form: string): void {
  let state = 0
  for (let at = 0; at < LEAST; at++) state = ((state << 4) ^ form.charCodeAt(at)) & 0xffff
  const bucket = byStart.get(state) ?? []
  if (bucket.includes(form)) return
  bucket.push(form)
  bucket.sort((a, b) => b.length - a.length)
  byStart.set(state, bucket)
  may[state] = 1
}

function formsOf(value: string): string[] {
  const trimmed = value.trim()
  // Of a key over several lines each line is a secret: diffs and lists show them one by one.
  const lines = value.split(/\r?\n/).filter((line) => line.length >= 16 && !line.startsWith('-----'))
  const plain = [value, trimmed, ...lines].filter((form) => form.length >= LEAST)
  return [...new Set(plain)].flatMap((form) => [form, ...encodingsOf(form)])
}

function encodingsOf(value: string): string[] {
  const bytes = Buffer.from(value)
  const url = encodeURIComponent(bytes.toString())
  const json = JSON.stringify(value).slice(1, -1)
  const base64 = bytes.toString('base64')
  const within = [0, 1, 2].map((offset) => base64At(bytes, offset))
  const encoded = [
    url,
    url.replace(/%[0-9A-F]{2}/g, (code) => code.toLowerCase()),
    url.replaceAll('%20', '+'),
    encodeURIComponent(url),
    encodeURI(bytes.toString()),
    json,
    // Inside of JSON inside of JSON, and on a page of HTML.
    JSON.stringify(json).slice(1, -1),
    value.replaceAll('&', '&amp;').replaceAll('<', '&lt;').replaceAll('>', '&gt;').replaceAll('"', '&quot;'),
    // As PHP, and as Python write it.
    json.replaceAll('/', '\\/'),
    json.replace(/[\u0080-\uffff]/g, (unit) => `\\u${unit.charCodeAt(0).toString(16).padStart(4, '0')}`),
    bytes.toString('hex'),
    bytes.toString('hex').toUpperCase(),
    base64,
    bytes.toString('base64url'),
    ...BASE64_LINES.filter((width) => base64.length > width).map((width) => inLines(base64, width)),
    ...within.flat(),
    ...[base64, ...within.map(([stable = '']) => stable)].flatMap((inner) =>
      [0, 1, 2].flatMap((offset) => base64At(Buffer.from(inner), offset)),
    ),
  ]
  return encoded.filter((form) => form !== value && form.length >= LEAST_ENCODED)
}

/** RFC 7468 and RFC 2045: what `openssl base64` and `base64` break lines at. */
const BASE64_LINES = [64, 76]

function inLines(text: string, width: number): string {
  return text.replace(new RegExp(`.{${width}}(?=.)`, 'g'), '$&\n')
}

/** What of the base64 is the same whatever stands before and after, when `offset` bytes stand before. */
function base64At(bytes: Buffer, offset: number): string[] {
  const encoded = Buffer.concat([Buffer.alloc(offset), bytes]).toString('base64')
  const stable = encoded.slice([0, 2, 3][offset], Math.floor(((offset + bytes.length) * 8) / 6))
  return stable.length < LEAST_ENCODED ? [] : [stable, stable.replaceAll('+', '-').replaceAll('/', '_')]
}
