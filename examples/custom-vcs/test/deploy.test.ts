import { expect, test } from 'vitest'
import { deployTwice } from '../src/deploy.ts'
import { gitRemote } from '../src/index.ts'
import { bareRepository } from './bare-repository.ts'

test('a deployment becomes a branch and a file that tells of it, and the next one after a merge another', async () => {
  const bare = await bareRepository('acme/prompts')
  const vcs = gitRemote({ root: bare.root, author: { name: 'Pullwright', email: 'bot@pullwright.example' } })
  try {
    const [first, second] = await deployTwice(vcs, 'acme/prompts', async ({ repository, number, head }) => {
      const { merged } = await vcs.mergePullRequest({ repository, number }, { expectedHead: head })
      expect(merged).toBe(true)
    })
    expect([first?.number, second?.number, second?.labels]).toEqual([1, 2, ['deployment']])
    expect(bare.pushes()).toBe(3)
    const page = bare.git(['show', 'pull-requests:2.md']).toString('utf8')
    expect(page).toContain('Answer in 2 sentences')
    const file = bare.git(['show', `${second?.branch}:deployments/support-bot/production.json`]).toString('utf8')
    expect(JSON.parse(file).variant).toMatchObject({ name: 'concise', revision: 2 })
    expect(bare.git(['show', 'main:deployments/support-bot/production.json']).toString()).toContain('Answer in 1')
  } finally {
    await vcs.close?.()
    await bare.remove()
  }
})
