import { PullwrightError } from '../errors.ts'
import { canonicalKey } from './canonical-key.ts'
import { HARMLESS_KEYS, KEY_SUFFIXES, SECRET_KEYS } from './default-keys.ts'

/** Which keys hold secrets. A list is added to the defaults. */
export type KeyOptions =
  | readonly string[]
  | {
      add?: readonly string[]
      /** In place of the defaults. */
      only?: readonly string[]
      /** Keys that stay readable whatever the defaults say; `add` and `only` win over these. */
      except?: readonly string[]
    }

/** The pattern that says this key's value is a secret, or null. */
export type KeyPolicy = (key: string) => string | null

const LONGEST_KEY = 256

/** Glob patterns, `*` and `?`, blind to case and separators: `api_key`, `apiKey` and `API-KEY` are the same key. */
export function createKeyPolicy(options: KeyOptions = []): KeyPolicy {
  const {
    add = [],
    only,
    except = [],
  } = Array.isArray(options) ? { add: options } : (options as Exclude<KeyOptions, readonly string[]>)
  const own = compile([...add, ...(only ?? [])])
  const harmless = compile([...except, ...(only ? [] : HARMLESS_KEYS)])
  const defaults = compile(only ? [] : SECRET_KEYS)
  const mayTell = stemsOf([...add, ...(only ?? SECRET_KEYS)])
  return (key) => {
    const words = canonicalKey(key.length > LONGEST_KEY ? key.slice(-LONGEST_KEY) : key)
    if (words === '' || !mayTell(words)) return null
    for (const form of formsOf(words)) {
      const compact = form.replaceAll('_', '')
      const asked = own(form, compact)
      if (asked !== null) return asked
      if (harmless(form, compact) !== null) return null
      const usual = defaults(form, compact)
      if (usual !== null) return usual
    }
    return null
  }
}

/** The key itself, then without `x_` before it and without what only numbers or qualifies it. */
function formsOf(words: string): string[] {
  if (!words.startsWith('x_') && !isQualified(words)) return [words]
  const parts = words.split('_')
  if (parts.length > 1 && parts[0] === 'x') parts.shift()
  while (parts.length > 1 && isQualifier(parts.at(-1) ?? '')) parts.pop()
  const last = parts.length - 1
  parts[last] = (parts[last] ?? '').replace(/\d+$/, '') || (parts[last] ?? '')
  const bare = parts.join('_')
  return bare === words ? [words] : [words, bare]
}

function isQualified(words: string): boolean {
  return /\d$/.test(words) || KEY_SUFFIXES.has(words.slice(words.lastIndexOf('_') + 1))
}

function isQualifier(word: string): boolean {
  return KEY_SUFFIXES.has(word) || /^v?\d+$/.test(word)
}

type Fit = (words: string, compact: string) => string | null

function compile(patterns: readonly string[]): Fit {
  const literal = new Map<string, string>()
  const globs: Glob[] = []
  for (const pattern of patterns) {
    const words = typeof pattern === 'string' ? canonicalKey(pattern) : ''
    if (words === '')
      throw new PullwrightError('invalid-argument', 'Redaction keys must be patterns such as `*_key` or `password`')
    if (!/[*?]/.test(words)) literal.set(words.replaceAll('_', ''), pattern)
    else globs.push({ pattern, words, compact: !words.includes('_'), fits: globTest(words) })
  }
  const globsFor = byLastCharacter(globs)
  return (words, compact) => {
    const exact = literal.get(compact)
    if (exact !== undefined) return exact
    for (const glob of globsFor(words)) if (glob.fits(glob.compact ? compact : words)) return glob.pattern
    return null
  }
}

interface Glob {
  pattern: string
  words: string
  compact: boolean
  fits: (words: string) => boolean
}

/** Of many globs only those whose last character is that of the key may fit, and those that end in a wild card. */
function byLastCharacter(globs: readonly Glob[]): (words: string) => readonly Glob[] {
  const isWild = ({ words }: Glob) => /[*?]$/.test(words)
  const wild = globs.filter(isWild)
  const ends = new Set(globs.filter((glob) => !isWild(glob)).map(({ words }) => words.slice(-1)))
  const byEnd = new Map(
    [...ends].map((end) => [end, globs.filter((glob) => isWild(glob) || glob.words.endsWith(end))] as const),
  )
  return (words) => byEnd.get(words.slice(-1)) ?? wild
}

function globTest(words: string): (text: string) => boolean {
  const end = words.slice(1)
  if (words.startsWith('*') && !/[*?]/.test(end)) return (text) => text.endsWith(end)
  const source = words.replace(/\*+/g, '*').replace(/[*?]/g, (wild) => (wild === '*' ? '.*' : '.'))
  const pattern = new RegExp(`^${source}$`, 'u')
  return (text) => pattern.test(text)
}

/**
 * Most keys tell nothing, and texts have many: a key must contain the longest plain piece of some pattern before all of them
 * are tried.
 */
function stemsOf(patterns: readonly string[]): (words: string) => boolean {
  const stems = patterns.map((pattern) => {
    const pieces = canonicalKey(pattern).replaceAll('_', '').split(/[*?]+/)
    return pieces.reduce((longest, piece) => (piece.length > longest.length ? piece : longest), '')
  })
  if (stems.includes('')) return () => true
  const shortest = stems.filter((stem) => !stems.some((other) => other !== stem && stem.includes(other)))
  const any = new RegExp([...new Set(shortest)].join('|'), 'u')
  return (words) => any.test(words.replaceAll('_', ''))
}
