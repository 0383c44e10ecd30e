import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { createAssignmentFinder } from './assignment.ts'
import { compileDetectors } from './compile-detectors.ts'
import { SECRET_KEYS, SECRET_QUERY_KEYS } from './default-keys.ts'
import { keyAnchors } from './key-anchors.ts'
import { createKeyPolicy, type KeyOptions } from './key-policy.ts'
import { createMask } from './mask.ts'
import { createScanner } from './scanner.ts'

const HOST_KEYS = ['internal_ref', 'xyid', 'myref', 'customerpin', '*_code', 'zq', 'pin', 'x-*-blob']

const capital = (word: string) => word.slice(0, 1).toUpperCase() + word.slice(1)
const camel = (words: readonly string[]) => words.map((word, at) => (at === 0 ? word : capital(word))).join('')

/** A key in any notation: its words joined by any sign or none, in any case, and in any position. */
const key = fc
  .tuple(
    fc.constantFrom(...SECRET_KEYS, ...SECRET_QUERY_KEYS, ...HOST_KEYS, 'role', 'content'),
    fc.constantFrom('', 'my', 'open_ai', 'x'),
    fc.constantFrom('', '2', '_prod', 'V1'),
    fc.constantFrom<(words: string[]) => string>(
      (words) => words.join('_'),
      (words) => words.join('-').toUpperCase(),
      (words) => words.join('.'),
      (words) => words.join(''),
      (words) => words.join(' '),
      camel,
    ),
  )
  .map(([pattern, fill, suffix, notation]) =>
    notation(`${pattern.replaceAll('*', fill)}${suffix}`.split(/[_-]+/).filter((word) => word !== '')),
  )
const value = fc.oneof(
  fc.stringMatching(/^[A-Za-z0-9!]{3,30}$/),
  fc.constantFrom('hunter2!', '"Zx81kkQ0a"', "'Zx81kkQ0a'", '\\"Zx81kkQ0a\\"', '{"a":"b1"}', 'see below', '{{x}}'),
)
const assigned = fc
  .tuple(
    fc.constantFrom('', ' ', '?a=b&', '&', '"', '\\"', "['", '<', 'The '),
    key,
    fc.constantFrom(': ', '=', ' = ', '":"', '": ', '\\":\\"', "'] = ", '>', ' => ', ':=', ' is '),
    value,
    fc.constantFrom('', ' ', '"', '\\"', '</a>', '&c=d', '\n'),
  )
  .map((parts) => parts.join(''))
const text = fc.array(assigned, { maxLength: 4 }).map((parts) => parts.join(' and then '))

function scanners(keys: KeyOptions) {
  const assignment = createAssignmentFinder(createKeyPolicy(keys))
  const parts = { ...compileDetectors(), assignment, email: null, mask: createMask() }
  return [createScanner({ ...parts, anchors: keyAnchors(keys) }), createScanner({ ...parts, anchors: null })] as const
}

describe('pieces of telling keys', () => {
  it.each<[string, KeyOptions]>([
    ['the defaults', []],
    ['added keys', HOST_KEYS],
    ['other keys', { only: [...HOST_KEYS, 'password'] }],
  ])('find all that looking at every key finds: %s', (_, keys) => {
    const [quick, thorough] = scanners(keys)
    fc.assert(
      fc.property(text, (given) => {
        expect(quick(given)).toEqual(thorough(given))
      }),
      { numRuns: 5_000 },
    )
  })

  it('stand in every default pattern', () => {
    const anchors = keyAnchors() ?? []
    const bare = SECRET_KEYS.map((pattern) => pattern.replaceAll('*', ''))
    expect(bare.filter((pattern) => !anchors.some((anchor) => pattern.includes(anchor)))).toEqual([])
  })

  it('are not relied on where a key is written in letters without case, or matches anything', () => {
    expect(keyAnchors(['пароль'])).toBeNull()
    expect(keyAnchors({ only: ['*'] })).toBeNull()
  })
})
