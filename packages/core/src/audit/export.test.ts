import { expect, test } from 'vitest'
import type { AuditEntry, NewAuditEntry } from '../ports/store.ts'
import { chainAudit } from './chain.ts'
import { auditToCsv, auditToJsonLines } from './export.ts'
import { verifyAudit } from './verify.ts'

function entry(parts: Partial<NewAuditEntry> = {}): AuditEntry {
  const plain = { project: 'acme', at: Date.UTC(2026, 0, 2, 3, 4, 5), actor: 'ada', action: 'endpoint.create' } as const
  return chainAudit(null, { ...plain, target: 'end_1', result: 'ok', details: null, ...parts })
}

const cellsOf = (parts: Partial<NewAuditEntry>) => auditToCsv([entry(parts)]).split('\r\n')[1] ?? ''

test('JSON lines can be verified again by whoever got them', () => {
  const first = entry({ details: { text: 'line\nbreak', odd: '\u0000\ud800' } })
  const entries = [first, chainAudit(first, { ...first, action: 'endpoint.remove' })]
  const lines = auditToJsonLines(entries).split('\n')
  expect(lines.pop()).toBe('')
  const read = lines.map((line) => JSON.parse(line) as AuditEntry)
  expect(read).toEqual(entries)
  expect(verifyAudit(read)).toMatchObject({ ok: true, count: 2 })
})

test('CSV has a header and one line for each entry, times in UTC', () => {
  const { hash, previousHash } = entry()
  expect(auditToCsv([entry()])).toBe(
    'sequence,time,project,actor,action,target,result,details,previous_hash,hash\r\n' +
      `1,2026-01-02T03:04:05.000Z,acme,ada,endpoint.create,end_1,ok,,${previousHash},${hash}\r\n`,
  )
  expect(auditToCsv([])).toBe('sequence,time,project,actor,action,target,result,details,previous_hash,hash\r\n')
  expect(auditToJsonLines([])).toBe('')
})

test.each(['=cmd|x', '+1', '-1', '@SUM(A1)', '\t=1', ' =1', '\r=1', '\n@x', '＝1'])(
  'a cell that a spreadsheet would run is made text: %j',
  (actor) => {
    expect(cellsOfWhole({ actor })).toContain(`"'${actor}"`)
  },
)

test('quotes, commas and line breaks are quoted', () => {
  expect(cellsOf({ target: 'a,"b"' })).toContain(',"a,""b""",')
  expect(cellsOfWhole({ target: 'a\nb' })).toContain(',"a\nb",')
  expect(cellsOf({ details: { b: 1, a: 'x' } })).toContain(',"{""a"":""x"",""b"":1}",')
})

test('ordinary text stays as it is', () => {
  expect(cellsOf({ actor: 'ada-lovelace@example.com', target: 'a=b' })).toContain(',ada-lovelace@example.com,')
})

test('nobody is an empty cell', () => {
  expect(cellsOf({ actor: null })).toContain(',acme,,endpoint.create,')
})

function cellsOfWhole(parts: Partial<NewAuditEntry>): string {
  return auditToCsv([entry(parts)])
}
