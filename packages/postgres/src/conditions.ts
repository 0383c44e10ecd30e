import { PullwrightError } from '@pullwright/core'

/** Gathers the conditions of a query, whose values go beside the text. */
export interface Conditions {
  readonly values: unknown[]
  /** The value stands where the `?` is. */
  add(condition: string, value: unknown): void
  /** One without values. */
  plain(condition: string): void
  /** One of a few known words: they stand in the text, so that indexes over some of them serve. */
  among(column: string, words: readonly string[]): void
  /** The place of a value that is no condition. */
  value(value: unknown): string
  text(): string
}

export function conditions(): Conditions {
  const parts: string[] = []
  const values: unknown[] = []
  const value = (given: unknown) => `$${values.push(given)}`
  return {
    values,
    value,
    add: (condition, given) => {
      parts.push(`(${condition.replace('?', () => value(given))})`)
    },
    plain: (condition) => {
      parts.push(condition)
    },
    among: (column, words) => {
      const list = [...new Set(words)].map(quoteWord)
      parts.push(list.length === 0 ? 'false' : `${column} in (${list.join(', ')})`)
    },
    text: () => (parts.length === 0 ? 'true' : parts.join(' and ')),
  }
}

function quoteWord(word: string): string {
  if (/^[a-z]+$/.test(word)) return `'${word}'`
  throw new PullwrightError('invalid-argument', 'A status is one of the words the documentation lists')
}
