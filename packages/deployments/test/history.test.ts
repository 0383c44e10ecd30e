import { createPullwright, memoryStore, type PastDeployment, type Plugin } from '@pullwright/core'
import { expect, it } from 'vitest'
import { deployment, memoryLogger, testClock } from './harness.ts'

it('tells a handler what was deployed before, newest first, and nothing of others', async () => {
  const seen: PastDeployment[][] = []
  const watcher: Plugin = {
    name: 'watcher',
    apiVersion: 1,
    policies: [{ name: 'anything', check: () => ({ verdict: 'pass' }) }],
    handlers: {
      watch: {
        on: ['environment.deployed'],
        key: ['project'],
        async run({ history, policies }) {
          expect(policies.map(({ name }) => name)).toEqual(['anything'])
          seen.push(await history({ app: 'support-bot', environment: 'production', limit: 2 }))
          return undefined
        },
      },
    },
  }
  const clock = testClock()
  const pullwright = createPullwright({ store: memoryStore(), plugins: [watcher], logger: memoryLogger(), clock })
  for (const revision of [11, 12, 13]) await pullwright.emitter.emit('environment.deployed', deployment({ revision }))
  await pullwright.emitter.emit('environment.deployed', deployment({ revision: 90, environment: 'staging' }))
  await pullwright.emitter.emit('environment.deployed', deployment({ revision: 91 }), { project: 'other' })
  await pullwright.emitter.emit('environment.deployed', deployment({ revision: 14 }))
  await pullwright.drain()
  const revisions = seen.map((past) => past.map(({ revision }) => revision).join()).sort()
  expect(revisions).toEqual(['', '', '11', '12,11', '13,12', '13,12'])
  await pullwright.stop()
})
