import type { JsonValue } from '../json.ts'

/** Bounds on what is looked at in one element, so that a comparison costs the same for any size. */
const MAX_TOKENS = 128
const MAX_CHARACTERS = 2000
const MAX_LEAVES = 64
/** Fewer words than this are a name or a choice, unless they stand where text does: they count as a whole. */
const FEW_WORDS = 4
/** Texts up to this length say too little by their words: their letters count beside them, three in a row. */
const SHORT_TEXT = 60
/** Members of messages, tools and documents that hold text, however short. */
const TEXT_KEYS = new Set([
  '',
  'content',
  'text',
  'prompt',
  'template',
  'instructions',
  'description',
  'message',
  'input',
])

/** What an element is about, made once for each element and compared many times. */
export interface Features {
  words: ReadonlySet<string>
  /** The same and the letters of short texts, three in a row; null where there is no short text. */
  letters: ReadonlySet<string> | null
}

export function featuresOf(value: JsonValue): Features {
  const tokens = new Set<string>()
  const letters = new Set<string>()
  const open: { value: JsonValue; key: string }[] = [{ value, key: '' }]
  for (let leaves = 0; leaves < MAX_LEAVES && tokens.size < MAX_TOKENS; leaves++) {
    const next = open.shift()
    if (next === undefined) break
    if (typeof next.value === 'string') addWords(tokens, letters, next.value, next.key)
    else if (typeof next.value !== 'object' || next.value === null) tokens.add(`${next.key}=${next.value}`)
    else {
      const source = next.value as Record<string, JsonValue>
      const array = Array.isArray(next.value)
      for (const key of Object.keys(source).slice(0, MAX_LEAVES)) {
        open.push({ value: source[key] as JsonValue, key: array ? next.key : key })
      }
    }
  }
  return { words: tokens, letters: letters.size === 0 ? null : new Set([...tokens, ...letters]) }
}

/** By words, or by letters too where both have short texts, whichever says more: 0 for nothing in common, 1 for all. Symmetric. */
export function similarity(a: Features, b: Features): number {
  const byWords = dice(a.words, b.words)
  return a.letters === null || b.letters === null ? byWords : Math.max(byWords, dice(a.letters, b.letters))
}

/** The coefficient of Sørensen and Dice. */
function dice(a: ReadonlySet<string>, b: ReadonlySet<string>): number {
  if (a.size === 0 || b.size === 0) return 0
  const [few, many] = a.size <= b.size ? [a, b] : [b, a]
  let shared = 0
  for (const token of few) if (many.has(token)) shared++
  return (2 * shared) / (a.size + b.size)
}

function addWords(tokens: Set<string>, letters: Set<string>, text: string, key: string): void {
  const sample = text.slice(0, MAX_CHARACTERS).toLowerCase()
  const words = sample.match(/[\p{L}\p{N}_]+/gu) ?? []
  if (words.length < FEW_WORDS && !TEXT_KEYS.has(key)) {
    tokens.add(`${key}=${sample}`)
    return
  }
  for (const word of words) if (tokens.size < MAX_TOKENS) tokens.add(word)
  if (sample.length > SHORT_TEXT) return
  for (let i = 0; i <= sample.length && letters.size < MAX_TOKENS; i++) letters.add(` ${sample} `.slice(i, i + 3))
}
