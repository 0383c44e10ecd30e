import type { Policy } from '@pullwright/core'
import { expect, it } from 'vitest'
import { runPolicies, worstVerdict } from './run-policies.ts'
import { inputOf } from './test-input.ts'

it('answers in order, with the name where there is no title', async () => {
  const slow: Policy = { name: 'slow', check: async () => ({ verdict: 'warn', reason: 'Hm' }) }
  const fast: Policy = { name: 'fast', title: 'Fast', check: () => ({ verdict: 'pass' }) }
  const results = await runPolicies([slow, fast], inputOf())
  expect(results).toEqual([
    { policy: 'slow', title: 'slow', verdict: 'warn', reason: 'Hm', remarks: [] },
    { policy: 'fast', title: 'Fast', verdict: 'pass', reason: '', remarks: [] },
  ])
  expect(worstVerdict(results)).toBe('warn')
})

it('blocks where a policy throws', async () => {
  const broken: Policy = {
    name: 'broken',
    check() {
      throw new Error('No such list')
    },
  }
  const results = await runPolicies([broken], inputOf())
  expect(results).toMatchObject([{ verdict: 'block', reason: 'The policy could not be judged: No such list' }])
  expect(worstVerdict(results)).toBe('block')
})

it.each([undefined, true, { verdict: 'ok' }, { verdict: 'block' }])(
  'blocks where a policy answers %j',
  async (said) => {
    const odd = { name: 'odd', check: () => said } as unknown as Policy
    expect(await runPolicies([odd], inputOf())).toMatchObject([{ verdict: 'block' }])
  },
)
