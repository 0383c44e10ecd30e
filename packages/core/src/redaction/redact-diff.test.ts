import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { type ConfigDiff, diffConfig } from '../config-diff/index.ts'
import { createRedactor } from './redactor.ts'

const redactor = createRedactor()
const HIDDEN = '[REDACTED]'
const token = (fill: string) => `${['gh', 'p_'].join('')}${fill.repeat(36)}`

describe('diff', () => {
  it('keeps a changed secret as a change, with both sides hidden', () => {
    const diff = diffConfig({ llm: { api_key: 'old-one' }, a: 1 }, { llm: { api_key: 'new-one' }, a: 2 })
    const { diff: safe, redactions } = redactor.diffWithReport(diff)
    expect(safe.equal).toBe(false)
    expect(safe.changes).toContainEqual({ kind: 'modified', path: ['llm', 'api_key'], before: HIDDEN, after: HIDDEN })
    expect(safe.changes).toContainEqual({ kind: 'modified', path: ['a'], before: 1, after: 2 })
    expect(redactions).toEqual([{ path: 'llm.api_key', detector: 'key:*_key' }])
    expect(redactor.diff(diff)).toEqual(safe)
  })

  it('shows that a secret changed by fingerprint', () => {
    const keyed = createRedactor({ fingerprintKey: 'k' })
    const [change] = keyed.diff(diffConfig({ token: 'a' }, { token: 'b' })).changes
    expect(change?.before).not.toBe(change?.after)
  })

  it('hides in added, removed and moved values, and in paths', () => {
    const before = {
      gone: { password: 'p1' },
      [token('a')]: 1,
      list: [
        { id: 1, secret: 's1' },
        { id: 2, t: 'x' },
      ],
    }
    const after = {
      come: { password: 'p2' },
      text: `use ${token('b')}`,
      list: [
        { id: 2, t: 'x' },
        { id: 1, secret: 's1' },
      ],
    }
    const text = JSON.stringify(redactor.diff(diffConfig(before, after)))
    for (const secret of ['p1', 'p2', 's1', token('a'), token('b')]) expect(text).not.toContain(`"${secret}`)
    expect(text).not.toContain('ghp')
  })

  it('leaks nothing through the hunks of a text', () => {
    const prompt = (secret: string, line: string) =>
      `You are a bot.\n${line}\nUse ${secret} for calls.\npassword: ${secret}x1\nBye.\n`
    const diff = diffConfig({ prompt: prompt(token('a'), 'Be kind.') }, { prompt: prompt(token('b'), 'Be brief.') })
    const [change] = redactor.diff(diff).changes
    const text = JSON.stringify(change)
    expect(text).not.toContain('ghp')
    expect(change?.text?.hunks.length).toBeGreaterThan(0)
    expect(text).toContain('Be brief.')
  })

  it('keeps what is clean as it was', () => {
    const diff = diffConfig({ a: { b: 'x\ny\nz' } }, { a: { b: 'x\nY\nz' } })
    expect(redactor.diff(diff)).toEqual(diff)
  })

  it('knows a value by the name beside it, given the configurations', () => {
    const before = { env: [{ name: 'API_KEY', value: 'one' }] }
    const after = { env: [{ name: 'API_KEY', value: 'two' }] }
    const safe = redactor.diff(diffConfig(before, after), { before, after })
    expect(JSON.stringify(safe)).not.toMatch(/"(one|two)"/)
  })

  it('leaves descriptions of parameters', () => {
    const tool = (description: string) => ({
      properties: { password: { type: 'string', description, default: 'dflt1' } },
    })
    const diff = diffConfig(tool('a'), tool('b'))
    expect(redactor.diff(diff)).toEqual(diff)
    const other = diffConfig(
      { properties: { password: { default: 'd1' } } },
      { properties: { password: { default: 'd2' } } },
    )
    expect(JSON.stringify(redactor.diff(other))).not.toMatch(/"d[12]"/)
  })

  it('never changes what it was given, and twice is once', () => {
    const value = fc.jsonValue()
    fc.assert(
      fc.property(value, value, (before, after) => {
        const diff = diffConfig({ token: before, v: before } as never, { token: after, v: after } as never)
        const copy = structuredClone(diff)
        const safe = redactor.diff(diff)
        expect(diff).toEqual(copy)
        expect(redactor.diff(safe)).toEqual(safe)
        expect(safe.changes.map(({ kind }) => kind)).toEqual(diff.changes.map(({ kind }) => kind))
      }),
    )
  })

  it('takes an empty diff', () => {
    const none: ConfigDiff = { equal: true, changes: [] }
    expect(redactor.diff(none)).toEqual(none)
  })
})

describe('a secret replaced within other edits', () => {
  const key = (end: string) => ['sk', 'proj', 'Ab3'.repeat(14) + end].join('-')
  const changeOf = (before: string, after: string, options = {}) =>
    createRedactor(options).diff(diffConfig({ prompt: before }, { prompt: after })).changes[0]

  it('is told, in a prompt and in JSON', () => {
    expect(changeOf(`use ${key('x')} now\nplease`, `use ${key('y')} now\nthanks`)?.secretChanged).toBe(true)
    const json = (end: string, note: string) => JSON.stringify({ api_key: key(end), note })
    expect(changeOf(json('x', 'a'), json('y', 'b'))?.secretChanged).toBe(true)
  })

  it('is not where the secret stayed, or is new, or where masks show it', () => {
    expect(changeOf(`use ${key('x')} now`, `take ${key('x')} then`)?.secretChanged).toBeUndefined()
    expect(changeOf('use none now', `take ${key('x')} then`)?.secretChanged).toBeUndefined()
    const before = `use ${key('x')} now`
    expect(changeOf(before, `take ${key('y')}`, { fingerprintKey: 'k'.repeat(32) })?.secretChanged).toBeUndefined()
  })
})
