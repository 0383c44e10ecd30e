import { type VcsHarness, vcsConformance } from '@pullwright/testkit'
import { expect, test } from 'vitest'
import { type Entry, PULL_REQUESTS } from '../src/entry.ts'
import { gitRemote } from '../src/index.ts'
import { bareRepository } from './bare-repository.ts'

const REPOSITORY = 'acme/prompts'

const harness: VcsHarness = {
  async open() {
    const bare = await bareRepository(REPOSITORY)
    const adapters: ReturnType<typeof gitRemote>[] = []
    const adapter = (name: string) => {
      const made = gitRemote({ root: bare.root, author: { name, email: `${name}@pullwright.example` } })
      adapters.push(made)
      return made
    }
    return {
      vcs: adapter('pullwright'),
      repository: REPOSITORY,
      base: 'main',
      // A folder takes no credential.
      secrets: [],
      head: async (branch) => bare.resolve(branch),
      async readFile(branch, path) {
        try {
          return bare.git(['cat-file', 'blob', `refs/heads/${branch}:${path}`])
        } catch {
          return null
        }
      },
      commitAs: async (person, { branch, files }) => bare.commit(person, branch, files),
      deleteBranch: async (branch) => void bare.git(['update-ref', '-d', `refs/heads/${branch}`]),
      async pullRequests() {
        if (bare.resolve(PULL_REQUESTS) === null) return []
        const names = bare.git(['ls-tree', '--name-only', PULL_REQUESTS]).toString('utf8').split('\n')
        const read = (name: string): Entry =>
          JSON.parse(bare.git(['cat-file', 'blob', `${PULL_REQUESTS}:${name}`]).toString())
        return names.filter((name) => name.endsWith('.json')).map(read)
      },
      countWrites: bare.pushes,
      asAnother: () => adapter('jane'),
      async close() {
        await Promise.all(adapters.map((one) => one.close?.()))
        await bare.remove()
      },
    }
  },
}

const cases = vcsConformance(harness)

test.each(cases.map((one) => [one.name, one] as const))('%s', async (_name, { needs, run }) => {
  const outcome = await run()
  if (outcome.status === 'skipped') console.log(`skipped, for there is no ${outcome.lacking.join(', ')}`)
  else expect(outcome.status).toBe('passed')
  expect(outcome.status === 'skipped' && needs.length === 0).toBe(false)
})

test('the core alone is more than 25 cases', () => {
  expect(cases.filter(({ needs }) => needs.length === 0).length).toBeGreaterThan(25)
})
