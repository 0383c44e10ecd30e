import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import type { AuditEntry } from '../ports/store.ts'
import { chainAudit, erasedAudit } from './chain.ts'
import { rangesOf } from './checkpoint.ts'
import { auditToJsonLines } from './export.ts'
import { auditVerifier, verifyAudit, verifyAuditExport } from './verify.ts'

const NOTE = { project: 'acme', at: 5, actor: 'ada', action: 'a', target: 't', result: 'ok', details: null } as const

/** A chain of `length` entries, of which the first `through` are deleted, and those in `erase` emptied. */
function pruned(length: number, through: number, erase: readonly number[]) {
  const entries: AuditEntry[] = []
  for (let n = 0; n < length; n += 1) entries.push(chainAudit(entries.at(-1) ?? null, { ...NOTE, target: `t${n}` }))
  const hash = entries[through - 1]?.hash ?? ''
  const details = { through, hash, erased: rangesOf(erase) }
  entries.push(chainAudit(entries.at(-1) ?? null, { ...NOTE, action: 'audit.pruned', details }))
  const left = entries.slice(through).map((entry) => (erase.includes(entry.sequence) ? erasedAudit(entry) : entry))
  left.push(chainAudit(left.at(-1) ?? null, NOTE))
  return left
}

const shapes = fc
  .record({ length: fc.integer({ min: 2, max: 12 }), through: fc.nat(), erase: fc.array(fc.nat({ max: 11 })) })
  .map(({ length, through, erase }) => {
    const upTo = through % length
    const places = [...new Set(erase.map((one) => (one % length) + 1))].filter((one) => one > upTo)
    return { length, upTo, places: places.sort((a, b) => a - b) }
  })

describe('a chain that retention took entries out of', () => {
  it('verifies, and says what is gone', () => {
    fc.assert(
      fc.property(shapes, ({ length, upTo, places }) => {
        const left = pruned(length, upTo, places)
        const gone = {
          ...(upTo === 0 ? {} : { prunedThrough: upTo }),
          ...(places.length === 0 ? {} : { erased: places.length }),
        }
        const verdict = { ok: true, count: length + 2 - upTo, head: left.at(-1)?.hash, ...gone }
        expect(verifyAudit(left)).toEqual(verdict)
        expect(verifyAuditExport(auditToJsonLines(left))).toEqual(verdict)
      }),
    )
  })

  it('does not where more is gone than its checkpoints say', () => {
    fc.assert(
      fc.property(shapes, fc.nat(), ({ length, upTo, places }, place) => {
        const left = pruned(length, upTo, places)
        const index = place % left.length
        const entry = left[index] as AuditEntry
        if (index < left.length - 1) expect(verifyAudit(left.slice(index + 1)).ok).toBe(false)
        if (index < left.length - 1) expect(verifyAudit(left.toSpliced(index, 1)).ok).toBe(false)
        const isNamed = places.includes(entry.sequence)
        expect(verifyAudit(left.with(index, erasedAudit(entry))).ok).toBe(isNamed)
      }),
    )
  })

  it('does not where an emptied entry says something after all', () => {
    const left = pruned(4, 1, [3])
    const spoken = left.map((entry) => (entry.erased === true ? { ...entry, actor: 'eve' } : entry))
    expect(verifyAudit(spoken)).toMatchObject({ ok: false, sequence: 3, reason: expect.stringMatching(/was changed/) })
  })

  it('needs the checkpoint after what it names', () => {
    const [first] = pruned(2, 0, [])
    const own = chainAudit(first ?? null, { ...NOTE, action: 'audit.pruned', details: { erased: [[1, 9]] } })
    const later = erasedAudit(chainAudit(own, NOTE))
    expect(verifyAudit([...(first ? [first] : []), own, later])).toMatchObject({ ok: false, sequence: 3 })
    const cut = [later, chainAudit(later, { ...NOTE, action: 'audit.pruned', details: 'no object' })]
    expect(verifyAudit(cut)).toMatchObject({ ok: false, sequence: 3, reason: expect.stringMatching(/no checkpoint/) })
  })
})

describe('a verifier', () => {
  it('reads a chain in pages of any size to the same verdict', () => {
    fc.assert(
      fc.property(shapes, fc.integer({ min: 1, max: 5 }), ({ length, upTo, places }, size) => {
        const left = pruned(length, upTo, places)
        const verifier = auditVerifier()
        for (let at = 0; at < left.length; at += size) verifier.read(left.slice(at, at + size))
        expect(verifier.verdict()).toEqual(verifyAudit(left))
      }),
    )
  })

  it('takes a file as it was exported and nothing that was changed in it', () => {
    const file = auditToJsonLines(pruned(5, 2, [4]))
    expect(verifyAuditExport(`${file}\n`).ok).toBe(true)
    expect(verifyAuditExport(file.replace('"t4"', '"t5"'))).toMatchObject({ ok: false, sequence: 5 })
    expect(verifyAuditExport(file.split('\n').slice(1).join('\n'))).toMatchObject({ ok: false })
    for (const line of ['no json', '42', 'null', '{"sequence":1}']) {
      expect(verifyAuditExport(line)).toMatchObject({ ok: false, reason: expect.stringMatching(/no entry/) })
    }
    expect(verifyAuditExport('')).toEqual({ ok: true, count: 0, head: '0'.repeat(64) })
  })
})
