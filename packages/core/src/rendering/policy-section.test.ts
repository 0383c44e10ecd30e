import { expect, it } from 'vitest'
import { renderPullRequest } from './render-pull-request.ts'

const deployment = { app_name: 'bot', environment: 'production', revision: 2, config: { a: 1 }, previous_config: null }
const result = { policy: 'p', title: 'Asks for something', reason: '', remarks: [] }

it('shows what blocks before what warns and what passed', () => {
  const { body } = renderPullRequest(deployment, {
    policies: [
      { ...result, verdict: 'pass', title: 'Fine' },
      { ...result, verdict: 'warn', reason: 'Hm, see https://evil.example and @jane' },
      { ...result, verdict: 'block', title: 'Not fine', reason: 'No' },
    ],
  })
  const section = body.slice(body.indexOf('## Policies'), body.indexOf('## Changes'))
  expect(section.trim().split('\n')).toEqual([
    '## Policies',
    '',
    '- ⛔ **Not fine**: No',
    '- ⚠️ Asks for something: Hm, see `https://evil.example` and `@jane`',
    '- ✅ Fine',
  ])
})

it('hides a secret that a policy quotes', () => {
  const secret = `ghp_${'a1B2c3D4'.repeat(5).slice(0, 36)}`
  const { body } = renderPullRequest(deployment, {
    policies: [{ ...result, verdict: 'warn', reason: `It is ${secret}` }],
  })
  expect(body).not.toContain(secret)
})

it('is not there without policies', () => {
  expect(renderPullRequest(deployment).body).not.toContain('Policies')
})
