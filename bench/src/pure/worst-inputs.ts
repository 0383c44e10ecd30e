import type { JsonValue } from '@pullwright/core'

const LENGTH = 5_000_000

export type Input = [name: string, before: JsonValue, after: JsonValue]

/**
 * Pairs of about 5 MB each, made to be slow: for alignment, for texts, for JSON in texts, for the hash of a structure. One
 * at a time, as a host has them: all at once are half a gigabyte, and what is measured then is the collection of garbage.
 */
export function* worstInputs(): Generator<Input> {
  yield ['messages reversed', messages(1), messages(1).toReversed()]
  yield ['all messages alike but for a character', alike('a'), alike('b')]
  yield ['numbers shuffled', numbers(1), numbers(7_919)]
  yield ['numbers with every tenth changed', numbers(1), numbers(1).map((n, at) => (at % 10 === 0 ? -n : n))]
  yield ['objects of one key, every key renamed', keyed('a'), keyed('b')]
  yield ['one line without a space', { text: 'ab'.repeat(LENGTH / 2) }, { text: 'ba'.repeat(LENGTH / 2) }]
  yield ['one line, every word changed', { text: words('one') }, { text: words('two') }]
  yield ['lines alike, in another order', { text: lines(1) }, { text: lines(7_919) }]
  yield ['blank lines', { text: '\n'.repeat(LENGTH) }, { text: '\n'.repeat(LENGTH - 5) }]
  yield ['JSON in a text', { text: JSON.stringify(messages(1)) }, { text: JSON.stringify(messages(2)) }]
  yield ['a list in a list, 100,000 deep', nested(100_000, 1), nested(100_000, 2)]
  yield ['a set with other members', { stop: members(1) }, { stop: members(2) }]
  yield ['messages with ids, shuffled and edited', identified(1), identified(7_919)]
}

/** Texts of about 5 MB that are secrets, or look like them, and nothing else: made to be slow to redact. */
export function* secretsAlone(): Generator<[name: string, text: string]> {
  yield ['pairs encoded for a URL', 'api_key%3Dabc123def%26'.repeat(LENGTH / 22)]
  yield ['as many keys as values', Array.from({ length: LENGTH / 23 }, (_, at) => `k${at}_key=v4L${at}xQ`).join(' ')]
  yield ['passwords', 'password=hunter2x9 '.repeat(LENGTH / 19)]
  yield ['tokens that hold the name of a cipher', 'key=aes4aes9aes '.repeat(LENGTH / 16)]
  yield ['keys and no values', 'apiKey='.repeat(LENGTH / 7)]
  yield ['separators encoded for a URL', '%3D'.repeat(LENGTH / 3)]
  yield ['addresses with a password', 'https://user:passw0rdX9@host/ '.repeat(LENGTH / 30)]
}

function messages(seed: number): JsonValue[] {
  return Array.from({ length: 20_000 }, (_, at) => ({
    role: at % 2 === 0 ? 'user' : 'assistant',
    content: `${'say it again and '.repeat(11)}${(at * seed * 7_919) % 104_729}`,
  }))
}

function alike(mark: string): JsonValue {
  return Array.from({ length: 20_000 }, (_, at) => ({ role: 'user', content: `${'same '.repeat(40)}${at % 3}${mark}` }))
}

function numbers(step: number): number[] {
  const count = 700_000
  return Array.from({ length: count }, (_, at) => (at * step) % count)
}

function keyed(mark: string): JsonValue {
  return Array.from({ length: 200_000 }, (_, at) => ({ [`${mark}${at}`]: at }))
}

function words(word: string): string {
  return Array.from({ length: LENGTH / 8 }, (_, at) => `${word}${at % 9_999}`).join(' ')
}

function lines(step: number): string {
  const count = 150_000
  return Array.from({ length: count }, (_, at) => `a line of a prompt, number ${(at * step) % count}`).join('\n')
}

function nested(depth: number, leaf: number): JsonValue {
  let value: JsonValue = leaf
  for (let at = 0; at < depth; at++) value = [value]
  return value
}

function members(step: number): JsonValue {
  return Array.from({ length: 300_000 }, (_, at) => `stop at ${at * step}`)
}

function identified(step: number): JsonValue {
  const count = 50_000
  return Array.from({ length: count }, (_, at) => {
    const id = (at * step) % count
    return { id: `message-${id}`, role: 'user', content: `What is asked here, ${'again '.repeat(5)}${id} ${step}` }
  })
}
