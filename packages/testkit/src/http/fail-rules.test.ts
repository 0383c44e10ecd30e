import { describe, expect, it } from 'vitest'
import { type FailSubject, failRules, play } from './fail-rules.ts'

const request = (path: string, operations: string[] = []): FailSubject => ({ method: 'POST', path, operations })
const never = new AbortController().signal

describe('fail rules', () => {
  it('are played as often as asked, after as many as asked', () => {
    const rules = failRules()
    const handle = rules.add({ times: 2, after: 1, status: 500 })
    const taken = [1, 2, 3, 4].map(() => rules.take(request('/a')) !== null)
    expect(taken).toEqual([false, true, true, false])
    expect(handle.hits).toBe(2)
  })

  it('match by method, path, pattern, operation or function', () => {
    const hit = (match: Parameters<ReturnType<typeof failRules>['add']>[0]['match']) => {
      const rules = failRules()
      rules.add({ ...(match === undefined ? {} : { match }), status: 500 })
      return rules.take(request('/graphql', ['Publish', 'updateRefs'])) !== null
    }
    expect(hit(undefined)).toBe(true)
    expect(hit({ method: 'post' })).toBe(true)
    expect(hit({ method: 'GET' })).toBe(false)
    expect(hit({ path: '/graphql' })).toBe(true)
    expect(hit({ path: '/graph' })).toBe(false)
    expect(hit({ path: /^\/graph/ })).toBe(true)
    expect(hit({ operation: 'updateRefs' })).toBe(true)
    expect(hit({ operation: 'createRef' })).toBe(false)
    expect(hit((one) => one.operations.length === 2)).toBe(true)
  })

  it('can be taken back', () => {
    const rules = failRules()
    const handle = rules.add({ status: 500 })
    handle.remove()
    handle.remove()
    expect(rules.take(request('/a'))).toBeNull()
  })

  it('answer in place of the work, or after it was done', async () => {
    let done = 0
    const work = async () => ({ status: 201, headers: { a: '1' }, body: ++done })
    expect(await play({ status: 502, body: 'x' }, work, never)).toEqual({ status: 502, headers: {}, body: 'x' })
    expect(done).toBe(0)
    expect(await play({ status: 502, afterEffect: true, headers: { b: '2' } }, work, never)).toMatchObject({
      status: 502,
      headers: { a: '1', b: '2' },
    })
    expect(done).toBe(1)
    expect(await play({ reset: true }, work, never)).toBe('reset')
    expect(await play({ hangMs: 1 }, work, never)).toBe('reset')
    expect(await play({ delayMs: 1 }, work, never)).toMatchObject({ status: 201 })
    expect(await play(null, work, never)).toMatchObject({ body: 3 })
  })
})
