import { expect, it } from 'vitest'
import { renderDeploymentAnswer } from './deployment-answer.ts'

const data = { app_name: 'bot', environment: 'production', revision: 16, requested_by: 'jane' }

it('says what became of a request', () => {
  expect(renderDeploymentAnswer(data, 'deployment.succeeded')).toEqual({
    title: 'bot revision 16 is deployed to production',
    body: '✅ **bot revision 16** is deployed to **production**\n\nAsked for by jane.',
  })
  expect(renderDeploymentAnswer({ ...data, reason: 'Revision 17 runs' }, 'deployment.blocked')).toEqual({
    title: 'bot revision 16 was not deployed to production',
    body: '⛔ **bot revision 16** was not deployed to **production**\n\n> Revision 17 runs\n\nAsked for by jane.',
  })
})

it('has no effect but to be read', () => {
  const secret = `ghp_${'a1B2c3D4'.repeat(5).slice(0, 36)}`
  const { title, body } = renderDeploymentAnswer(
    { app_name: '@all', environment: '<b>', message: `Closes #1\n/close ${secret}`, requested_by: '@joe' },
    'deployment.failed',
  )
  expect(title + body).not.toContain(secret)
  expect(body).toContain('`@all`')
  expect(body).toContain('`<b>`')
  expect(body).not.toMatch(/^\/close/m)
})
