import fc from 'fast-check'
import { expect, it } from 'vitest'
import { createAssignmentFinder } from './assignment.ts'
import { compileDetectors } from './compile-detectors.ts'
import { SECRET_KEYS } from './default-keys.ts'
import { keyAnchors } from './key-anchors.ts'
import { createKeyPolicy } from './key-policy.ts'
import { createMask } from './mask.ts'
import { createScanner } from './scanner.ts'
import { createTriggerTable, KEY, MARK, MASK, QUERY, TRIGGER } from './trigger-table.ts'

const parts = {
  ...compileDetectors([{ name: 'own', pattern: /Ünïcödé-[a-z]{8}/i, literals: ['Ünïcödé-'], anyCase: true }]),
  assignment: createAssignmentFinder(createKeyPolicy()),
  anchors: keyAnchors(),
  email: null,
  mask: createMask(),
}
const table = createTriggerTable(parts)
const scan = createScanner(parts)

/** Without the table: each literal is tried everywhere, and each separator is looked at. */
const thorough = createScanner(parts, {
  ...table,
  flags: table.flags.map((flag) => (flag & MASK) | MARK | TRIGGER | KEY | QUERY),
  triggers: everywhere([...table.triggers.values()].flat()),
})

function everywhere<T extends { literal: string }>(all: T[]): ReadonlyMap<number, readonly T[]> {
  const longestFirst = [...new Set(all)].sort((a, b) => b.literal.length - a.literal.length)
  return new Map([...table.flags.keys()].map((slot) => [slot, longestFirst]))
}

const literals = parts.detectors.flatMap((detector) => detector.literals)
const keys = SECRET_KEYS.map((key) => key.replaceAll('*_', 'my_').replaceAll('*', 'my'))
const words = [
  'You',
  'are',
  'a',
  'Helpful',
  'assistant',
  'Émile',
  '日本語',
  '😀',
  '\u013a',
  '\u023d',
  'keys:',
  '2025-03-14',
]
const value = fc.stringMatching(/^[A-Za-z0-9_+/=-]{3,60}$/)
const piece = fc.oneof(
  fc.constantFrom(...words),
  fc.tuple(fc.constantFrom(...literals), value).map((pair) => pair.join('')),
  fc.tuple(fc.constantFrom(...keys), fc.constantFrom('=', ': ', '": "', "'>"), value).map((three) => three.join('')),
  fc.constantFrom(
    '[REDACTED]',
    'https://a:b3Cd9x@host/',
    `${['data:image/png;base', '64,'].join('')}${'iVBOR'.repeat(9)}`,
  ),
  value,
)
const text = fc
  .tuple(fc.array(piece, { maxLength: 12 }), fc.constantFrom(' ', '\n', ', ', ';', '&'))
  .map(([pieces, between]) => pieces.join(between))
const anyCase = fc
  .tuple(text, fc.constantFrom('asIs', 'upper', 'lower'))
  .map(([given, how]) => (how === 'upper' ? given.toUpperCase() : how === 'lower' ? given.toLowerCase() : given))

it('finds with its table what it finds by looking everywhere', () => {
  fc.assert(
    fc.property(anyCase, (given) => {
      expect(scan(given)).toEqual(thorough(given))
    }),
    { numRuns: 1_500 },
  )
})

it('finds the same wherever in a text it stands', () => {
  fc.assert(
    fc.property(text, fc.integer({ min: 1, max: 9 }), (given, blanks) => {
      const moved = scan('\n'.repeat(blanks) + given).map((span) => ({
        ...span,
        start: span.start - blanks,
        end: span.end - blanks,
      }))
      expect(moved).toEqual(scan(given))
    }),
    { numRuns: 500 },
  )
})

it('reads texts longer than its buffer, and of any characters', () => {
  const secret = `${['gh', 'p_'].join('')}${'aB3dE6gH9j'.repeat(4)}`.slice(0, 40)
  for (const filler of ['a ', '日 ', 'é ']) {
    const [span] = scan(`${filler.repeat(50_000)}${secret}`)
    expect(span).toMatchObject({ start: 100_000, end: 100_040 })
  }
})

it('looks into nothing again that is hidden, and at what stands beside it', () => {
  for (const text of [
    'password=[REDACTED] ',
    'api_key: [REDACTED]\n',
    'a=1&token=[REDACTED]&b=2',
    'API_KEY=[REDACTED]',
  ]) {
    expect(scan(text)).toEqual([])
  }
  for (const next of [' password=x9Kq2Lm7P', '&password=x9Kq2Lm7P'])
    expect(scan(`token=[REDACTED]${next}`)).toHaveLength(1)
})
