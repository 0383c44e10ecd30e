import { createKeyFacts } from './key-facts.ts'
import type { KeyPolicy } from './key-policy.ts'
import { looksRandom } from './plausible.ts'
import type { Finder } from './span.ts'

/** How far a key's cell may reach. */
const REACH = 140
const KEY = /\|[ \t]{0,20}[*`]{0,3}([A-Za-z][\w .-]{1,80}?)[*`]{0,3}[ \t]{0,40}$/
/** One word and no sentence, and the end of its cell. */
const VALUE = /\|[ \t]{0,40}[*`]{0,3}([^\s|*`]{4,2000})[*`]{0,3}[ \t]{0,200}(?=\||\r?\n|$)/y

/** Finds the value of a telling key in a row of a Markdown table, `| API key | … |`, from the bar between them. */
export function createRowFinder(policy: KeyPolicy): Finder {
  const factsOf = createKeyFacts(policy)
  return (text, at, from) => {
    const key = KEY.exec(text.slice(Math.max(from, at - REACH), at))?.[1]
    const { pattern = null, isPassword = false } = key === undefined ? {} : factsOf(key)
    if (pattern === null) return null
    VALUE.lastIndex = at
    const value = VALUE.exec(text)?.[1]
    if (value === undefined || !looksRandom(value, isPassword ? 6 : 10) || !isMixed(value, isPassword ? 6 : 8))
      return null
    const start = text.indexOf(value, at + 1)
    return { start, end: start + value.length, detector: `key:${pattern}` }
  }
}

/** Letters among digits without a sign between them. Tables are full of versions and of names: `Llama-3.1-70B`. */
function isMixed(value: string, least: number): boolean {
  return value.split(/[^A-Za-z0-9]+/).some((part) => part.length >= least && /\d/.test(part) && /[A-Za-z]/.test(part))
}
