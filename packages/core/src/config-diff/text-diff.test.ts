import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { type TextDiff, textDiff } from './text-diff.ts'

const shown = ({ hunks }: TextDiff) =>
  hunks.flatMap(({ lines }) => lines.map(({ kind, text }) => ({ same: ' ', removed: '-', added: '+' })[kind] + text))

const texts = fc.oneof(
  fc
    .array(fc.constantFrom('', 'a', 'b', 'a b c', 'x\r', '\ud800', 'You are kind.'), { maxLength: 30 })
    .map((l) => l.join('\n')),
  fc.string({ unit: 'binary', maxLength: 300 }),
  fc.lorem({ maxCount: 60, mode: 'sentences' }),
)

/** Rebuilds one side from the other and the hunks alone. */
function patch(text: string, { unit, hunks }: TextDiff): string {
  if (unit === 'sentence') return text
  const lines = text.split('\n')
  const out: string[] = []
  let at = 0
  for (const hunk of hunks) {
    out.push(...lines.slice(at, hunk.beforeStart - 1))
    out.push(...hunk.lines.filter(({ kind }) => kind !== 'removed').map((line) => line.text))
    at = hunk.beforeStart - 1 + hunk.beforeCount
  }
  return [...out, ...lines.slice(at)].join('\n')
}

describe('laws', () => {
  it('hunks turn before into after', () => {
    fc.assert(
      fc.property(texts, texts, (a, b) => {
        const diff = textDiff(a, b)
        if (diff.unit === 'line') expect(patch(a, diff)).toBe(b)
        expect(diff.hunks.length === 0).toBe(a === b)
      }),
      { numRuns: 1000 },
    )
  })

  it('spans are the line, cut into parts', () => {
    fc.assert(
      fc.property(texts, texts, (a, b) => {
        for (const line of textDiff(a, b).hunks.flatMap((hunk) => hunk.lines)) {
          if (line.spans) expect(line.spans.map((span) => span.text).join('')).toBe(line.text)
        }
      }),
      { numRuns: 1000 },
    )
  })

  it('hunks count their lines and do not overlap', () => {
    fc.assert(
      fc.property(texts, texts, (a, b) => {
        let end = 0
        for (const { beforeStart, beforeCount, lines } of textDiff(a, b).hunks) {
          expect(beforeStart).toBeGreaterThan(end)
          expect(lines.filter(({ kind }) => kind !== 'added').length).toBe(beforeCount)
          end = beforeStart + beforeCount - 1
        }
      }),
    )
  })
})

it('shows three lines around a change and starts a new hunk after more', () => {
  const lines = Array.from({ length: 30 }, (_, i) => `line ${i}`)
  const diff = textDiff(lines.join('\n'), lines.with(2, 'changed').with(20, 'too').join('\n'))
  expect(diff.hunks.map(({ beforeStart, lines: { length } }) => [beforeStart, length])).toEqual([
    [1, 7],
    [18, 8],
  ])
  expect(shown(diff).slice(0, 4)).toEqual([' line 0', ' line 1', '-line 2', '+changed'])
})

it('marks the words that changed inside a line', () => {
  const { hunks } = textDiff('You are a helpful assistant.\nBe nice.', 'You are a helpful support assistant.\nBe nice.')
  const added = hunks[0]?.lines.find(({ kind }) => kind === 'added')
  expect(added?.spans?.filter(({ changed }) => changed).map(({ text }) => text.trim())).toEqual(['support'])
})

it('cuts one long line after sentences', () => {
  const sentences = Array.from({ length: 20 }, (_, i) => `Sentence number ${i} stands here. `)
  const diff = textDiff(sentences.join(''), sentences.with(10, 'This one is new! ').join(''))
  expect(diff.unit).toBe('sentence')
  expect(shown(diff)).toHaveLength(8)
  expect(shown(diff)).toContain('+This one is new! ')
})

it('sees a line feed added at the end', () => {
  expect(shown(textDiff('a', 'a\n'))).toEqual([' a', '+'])
})

it('stays bounded for two long texts with nothing and with everything in common', () => {
  const one = Array.from({ length: 40_000 }, (_, i) => `a ${i} ${i % 7}`).join('\n')
  const other = Array.from({ length: 40_000 }, (_, i) => `b ${i} ${i % 5}`).join('\n')
  expect(textDiff(one, other).hunks).toHaveLength(1)
  const repeated = Array.from({ length: 100_000 }, (_, i) => (i % 3 === 0 ? 'x' : 'y')).join('\n')
  expect(patch(repeated, textDiff(repeated, repeated.replaceAll('x\ny\ny\nx', 'y\nx')))).toBe(
    repeated.replaceAll('x\ny\ny\nx', 'y\nx'),
  )
})
