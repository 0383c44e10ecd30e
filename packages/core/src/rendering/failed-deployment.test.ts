import { expect, it } from 'vitest'
import { renderFailedDeployment } from './failed-deployment.ts'

it('says what failed and why', () => {
  const data = { app_name: 'support-bot', environment: 'production', revision: 15, message: 'No such model' }
  expect(renderFailedDeployment(data)).toEqual({
    title: 'Deployment of support-bot to production failed',
    body: '**Application**: support-bot  \n**Environment**: production  \n**Revision**: 15\n\n> No such model',
  })
})

it('has no effect but to be read', () => {
  const secret = `ghp_${'a1B2c3D4'.repeat(5).slice(0, 36)}`
  const data = { app_name: '@all <b>', environment: 'x\n/close', message: `Closes #1 ${secret}` }
  const { title, body } = renderFailedDeployment(data)
  expect(title).not.toContain('\n')
  expect(body).not.toContain(secret)
  expect(body).toContain('`@all <b>`')
  expect(body).not.toMatch(/^\/close/m)
  expect(body).toContain('`#1')
})
