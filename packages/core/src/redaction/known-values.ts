import type { Search } from './hide-text.ts'
import type { Span } from './span.ts'

/** Shorter ones are hidden only where they are the whole text: inside others they would stand by chance. */
const LEAST = 4
const LEAST_ENCODED = 6

/**
 * Exact secrets, also as base64 (at any of its three offsets), base64url, hex, URL- and JSON-encoded: all places of a text,
 * from left to right, merged where they overlap.
 */
export function createKnownValues(values: readonly string[]): Search {
  const given = [...new Set(values.filter((value) => typeof value === 'string' && value !== ''))]
  const forms = [...new Set(given.filter((value) => value.length >= LEAST).flatMap(formsOf))]
  const short = new Set(given.filter((value) => value.length < LEAST))
  const byStart = group(forms)
  return (text) => {
    if (short.has(text)) return [{ start: 0, end: text.length, detector: 'known-value' }]
    if (forms.length === 0) return []
    const spans: Span[] = []
    let state = 0
    for (let at = 0; at < text.length; at++) {
      state = ((state << 8) ^ text.charCodeAt(at)) & 0xffff
      const candidates = byStart[state]
      if (candidates === undefined) continue
      const start = at - 1
      const form = candidates.find((candidate) => text.startsWith(candidate, start))
      if (form !== undefined) add(spans, start, start + form.length)
    }
    return spans
  }
}

function add(spans: Span[], start: number, end: number): void {
  const last = spans.at(-1)
  if (last !== undefined && start < last.end) last.end = Math.max(last.end, end)
  else spans.push({ start, end, detector: 'known-value' })
}

/** By their first two characters, the longest first. */
function group(forms: readonly string[]): (string[] | undefined)[] {
  const groups = new Array<string[] | undefined>(0x10000)
  for (const form of forms) {
    const state = ((form.charCodeAt(0) << 8) ^ form.charCodeAt(1)) & 0xffff
    const bucket = groups[state] ?? []
    bucket.push(form)
    groups[state] = bucket
  }
  for (const bucket of groups) bucket?.sort((a, b) => b.length - a.length)
  return groups
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
  const encoded = [
    url,
    url.replace(/%[0-9A-F]{2}/g, (code) => code.toLowerCase()),
    url.replaceAll('%20', '+'),
    encodeURI(bytes.toString()),
    JSON.stringify(value).slice(1, -1),
    bytes.toString('hex'),
    bytes.toString('hex').toUpperCase(),
    bytes.toString('base64'),
    bytes.toString('base64url'),
    ...[0, 1, 2].flatMap((offset) => base64At(bytes, offset)),
  ]
  return encoded.filter((form) => form !== value && form.length >= LEAST_ENCODED)
}

/** What of the base64 is the same whatever stands before and after, when `offset` bytes stand before. */
function base64At(bytes: Buffer, offset: number): string[] {
  const encoded = Buffer.concat([Buffer.alloc(offset), bytes]).toString('base64')
  const stable = encoded.slice([0, 2, 3][offset], Math.floor(((offset + bytes.length) * 8) / 6))
  return stable.length < LEAST_ENCODED ? [] : [stable, stable.replaceAll('+', '-').replaceAll('/', '_')]
}
