import { canonicalKey } from './canonical-key.ts'
import { SECRET_QUERY_KEYS } from './default-keys.ts'
import type { KeyPolicy } from './key-policy.ts'

/** What a key in text says about the value after it. */
export interface KeyFacts {
  /** The pattern that says it is a secret; null: it is none. */
  pattern: string | null
  /** What a report calls it. */
  detector: string
  /** Whether it grants access as a parameter of a query. */
  inQuery: boolean
  /** Its words in lower case, joined by `_`. */
  words: string
  isUpperCase: boolean
  isPassword: boolean
}

const MOST = 5_000
const NOTHING: KeyFacts = {
  pattern: null,
  detector: '',
  inQuery: false,
  words: '',
  isUpperCase: false,
  isPassword: false,
}

/** Keys repeat, so each is looked into once. */
export function createKeyFacts(policy: KeyPolicy): (key: string) => KeyFacts {
  const known = new Map<string, KeyFacts>()
  return (key) => {
    const cached = known.get(key)
    if (cached !== undefined) return cached
    const facts = read(key)
    if (known.size >= MOST) known.clear()
    known.set(key, facts)
    return facts
  }

  function read(key: string): KeyFacts {
    const pattern = policy(key)
    if (pattern === null && key.length > LONGEST_QUERY_KEY) return NOTHING
    const words = canonicalKey(key)
    const inQuery = pattern !== null || SECRET_QUERY_KEYS.has(words)
    if (!inQuery) return NOTHING
    return {
      pattern,
      detector: `key:${pattern ?? 'query'}`,
      inQuery,
      words,
      isUpperCase: key === key.toUpperCase(),
      isPassword: /pass|pwd/.test(words),
    }
  }
}

const LONGEST_QUERY_KEY = 24
