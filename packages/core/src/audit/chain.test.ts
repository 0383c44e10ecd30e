import fc from 'fast-check'
import { expect, test } from 'vitest'
import type { JsonValue } from '../json.ts'
import type { AuditEntry, NewAuditEntry } from '../ports/store.ts'
import { chainAudit } from './chain.ts'
import { verifyAudit } from './verify.ts'

const NOTE: NewAuditEntry = {
  project: 'acme',
  at: 1_800_000_000_000,
  actor: 'ada',
  action: 'endpoint.create',
  target: 'end_1',
  result: 'ok',
  details: { url: 'https://a.example' },
}

function chainOf(notes: readonly NewAuditEntry[]): AuditEntry[] {
  const entries: AuditEntry[] = []
  for (const note of notes) entries.push(chainAudit(entries.at(-1) ?? null, note))
  return entries
}

const three = () => chainOf([NOTE, { ...NOTE, action: 'endpoint.update' }, { ...NOTE, action: 'endpoint.remove' }])

const notes = fc.array(
  fc.record({
    project: fc.constant('acme'),
    at: fc.nat(),
    actor: fc.option(fc.string({ unit: 'binary' })),
    action: fc.string({ unit: 'binary' }),
    target: fc.string({ unit: 'binary' }),
    result: fc.constantFrom('ok' as const, 'failed' as const),
    details: fc.jsonValue() as fc.Arbitrary<JsonValue>,
  }),
  { minLength: 1, maxLength: 6 },
)

test('an untouched chain is verified and names its head', () => {
  fc.assert(
    fc.property(notes, (given) => {
      const entries = chainOf(given)
      expect(verifyAudit(entries)).toEqual({ ok: true, count: entries.length, head: entries.at(-1)?.hash })
    }),
  )
})

test('any change of any member of any entry is noticed', () => {
  const change = fc.constantFrom('project', 'at', 'actor', 'action', 'target', 'result', 'details', 'sequence', 'hash')
  fc.assert(
    fc.property(notes, fc.nat(), change, (given, place, member) => {
      const entries = chainOf(given)
      const index = place % entries.length
      const entry = entries[index] as AuditEntry
      const forged = { ...entry, [member]: member === 'at' || member === 'sequence' ? -1 : 'forged value' }
      const verdict = verifyAudit(entries.with(index, forged))
      expect(verdict.ok).toBe(false)
    }),
  )
})

test('a verdict names the first entry that does not fit, and why', () => {
  const [a, b, c] = three()
  if (a === undefined || b === undefined || c === undefined) throw new Error('three entries')
  expect(verifyAudit([a, c])).toMatchObject({
    ok: false,
    sequence: 3,
    reason: 'Entry 2 is missing, or entries changed places.',
  })
  expect(verifyAudit([b, a, c])).toMatchObject({ ok: false, sequence: 2 })
  expect(verifyAudit([a, { ...b, target: 'end_2' }, c])).toMatchObject({ ok: false, sequence: 2 })
  // Whoever forges an entry and its hash breaks the next link.
  const forged = chainAudit(a, { ...NOTE, action: 'endpoint.update', actor: 'eve' })
  expect(verifyAudit([a, forged, c])).toMatchObject({
    ok: false,
    sequence: 3,
    reason: 'It does not follow the entry before it.',
  })
  const strange = chainAudit(a, { ...NOTE, project: 'zeta' })
  expect(verifyAudit([a, strange])).toMatchObject({
    ok: false,
    sequence: 2,
    reason: 'The entry belongs to another project.',
  })
})

test('a page in the middle is checked against the entry before it', () => {
  const [a, ...rest] = three()
  expect(verifyAudit(rest, a)).toMatchObject({ ok: true, count: 2 })
  expect(verifyAudit(rest)).toMatchObject({ ok: false, sequence: 2 })
})

test('no entries are a sound chain of none', () => {
  expect(verifyAudit([])).toEqual({ ok: true, count: 0, head: '0'.repeat(64) })
})

test('the first entry follows 64 zeros, and nothing but the agreed members is chained', () => {
  const [entry] = chainOf([{ ...NOTE, extra: 'x' } as NewAuditEntry])
  expect(entry).toMatchObject({ sequence: 1, previousHash: '0'.repeat(64) })
  expect(entry).not.toHaveProperty('extra')
  expect(entry?.hash).toMatch(/^[0-9a-f]{64}$/)
})
