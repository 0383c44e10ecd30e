import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, describe, expect, it } from 'vitest'
import { readTally, tallyLines } from './tally.mjs'

const folder = mkdtempSync(join(tmpdir(), 'pullwright-tally-'))
afterAll(() => rmSync(folder, { recursive: true, force: true }))

describe('the tally of a test run', () => {
  it('counts tests by what became of them', () => {
    const report = written([
      { status: 'failed', assertionResults: [{ status: 'passed' }, { status: 'failed' }, { status: 'pending' }] },
      { status: 'passed', assertionResults: [{ status: 'passed' }, { status: 'todo' }] },
    ])
    expect(readTally(report, 1)).toEqual({ passed: 2, failed: 1, skipped: 2 })
  })

  it('counts a file that did not load as a failure', () => {
    const report = written([
      { status: 'failed', assertionResults: [] },
      { status: 'passed', assertionResults: [{ status: 'passed' }] },
    ])
    expect(readTally(report, 1)).toEqual({ passed: 1, failed: 1, skipped: 0 })
  })

  it('counts a file whose set-up failed, so that its tests never ran, as a failure', () => {
    const report = written([{ status: 'failed', assertionResults: [{ status: 'pending' }] }])
    expect(readTally(report, 1)).toEqual({ passed: 0, failed: 1, skipped: 1 })
  })

  it('never says that nothing failed when the run ended badly', () => {
    expect(readTally(written([{ status: 'passed', assertionResults: [{ status: 'passed' }] }]), 1).failed).toBe(1)
    expect(readTally(join(folder, 'no-such-file.json'), 1)).toEqual({ passed: 0, failed: 1, skipped: 0 })
  })

  it('ends with passed and failed, and names what was skipped before', () => {
    expect(tallyLines({ passed: 3, failed: 0, skipped: 0 })).toEqual(['3 passed, 0 failed'])
    expect(tallyLines({ passed: 3, failed: 1, skipped: 2 })).toEqual(['2 skipped', '3 passed, 1 failed'])
  })
})

function written(testResults: object[]): string {
  const file = join(folder, 'report.json')
  writeFileSync(file, JSON.stringify({ testResults }))
  return file
}
