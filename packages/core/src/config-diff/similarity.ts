import type { JsonValue } from '../json.ts'

/** Bounds on what is looked at in one element, so that a comparison costs the same for any size. */
const MAX_TOKENS = 128
const MAX_CHARACTERS = 2000
const MAX_LEAVES = 64
/** Fewer words than this say too little: a member counts as a whole, a text of its own by its letters. */
const FEW_WORDS = 4

/** What an element is about, as a bag of words. Made once for each element, compared many times. */
export type Features = ReadonlySet<string>

export function featuresOf(value: JsonValue): Features {
  const tokens = new Set<string>()
  const open: { value: JsonValue; key: string }[] = [{ value, key: '' }]
  for (let leaves = 0; leaves < MAX_LEAVES && tokens.size < MAX_TOKENS; leaves++) {
    const next = open.shift()
    if (next === undefined) break
    if (typeof next.value === 'string') addWords(tokens, next.value, next.key)
    else if (typeof next.value !== 'object' || next.value === null) tokens.add(`${next.key}=${next.value}`)
    else {
      const source = next.value as Record<string, JsonValue>
      const array = Array.isArray(next.value)
      for (const key of Object.keys(source).slice(0, MAX_LEAVES)) {
        open.push({ value: source[key] as JsonValue, key: array ? next.key : key })
      }
    }
  }
  return tokens
}

/** Dice coefficient: 0 for nothing in common, 1 for all. Symmetric. */
export function similarity(a: Features, b: Features): number {
  if (a.size === 0 || b.size === 0) return 0
  const [few, many] = a.size <= b.size ? [a, b] : [b, a]
  let shared = 0
  for (const token of few) if (many.has(token)) shared++
  return (2 * shared) / (a.size + b.size)
}

function addWords(tokens: Set<string>, text: string, key: string): void {
  const sample = text.slice(0, MAX_CHARACTERS).toLowerCase()
  const words = sample.match(/[\p{L}\p{N}_]+/gu) ?? []
  if (words.length >= FEW_WORDS) {
    for (const word of words) if (tokens.size < MAX_TOKENS) tokens.add(word)
  } else if (key !== '') tokens.add(`${key}=${sample}`)
  else for (let i = 0; i <= sample.length && tokens.size < MAX_TOKENS; i++) tokens.add(` ${sample} `.slice(i, i + 3))
}
