import { execFileSync } from 'node:child_process'
import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { createBareRepository } from './bare-repository.ts'
import { commitGraph } from './commit-graph.ts'

/** A random history: each commit's parents are among those before it. */
const shape = fc
  .array(fc.array(fc.nat(), { minLength: 1, maxLength: 2 }), { minLength: 1, maxLength: 8 })
  .map((list) => list.map((picks, index) => [...new Set(picks.map((pick) => pick % (index + 1)))]))

const WHO = { name: 'Ann', email: 'ann@example.test', at: 1_700_000_000_000 }

describe('the commit graph', () => {
  it('counts as git counts, on any history', async () => {
    const folder = await mkdtemp(join(tmpdir(), 'commit-graph-'))
    const git = await createBareRepository(join(folder, 'r.git'), 'main')
    try {
      const made = { additions: [{ path: 'a', contents: '' }], deletions: [], author: WHO, committer: WHO }
      const root = (await git.commitTo('refs/heads/main', { parent: null, message: 'root', ...made })) ?? ''
      const tree = (await git.commitAt(root))?.tree ?? ''
      await fc.assert(
        fc.asyncProperty(shape, fc.nat(), async (history, pick) => {
          const oids = [root]
          for (const [index, parents] of history.entries()) {
            const from = parents.map((parent) => oids[parent] ?? root)
            oids.push(await git.commitTree({ tree, parents: from, message: `${index}`, author: WHO, committer: WHO }))
          }
          const [base = '', head = ''] = [oids[pick % oids.length], oids.at(-1)]
          const args = ['rev-list', '--left-right', '--count', `${base}...${head}`]
          const [behind, ahead] = execFileSync('git', args, { cwd: git.path, encoding: 'utf8' }).split('\t').map(Number)
          const found = await git.compare(base, head)
          expect([found.ahead, found.behind]).toEqual([ahead, behind])
          expect(await git.isAncestor(base, head)).toBe(behind === 0)
          const order = await git.log(head)
          for (const oid of order) {
            for (const parent of (await git.commitAt(oid))?.parents ?? []) {
              expect(order.indexOf(parent)).toBeGreaterThan(order.indexOf(oid))
            }
          }
        }),
        { numRuns: 8 },
      )
    } finally {
      await git.close()
      await rm(folder, { recursive: true, force: true })
    }
  })

  it('walks a history longer than the stack', async () => {
    const person = { name: '', email: '', at: 0 }
    const graph = commitGraph(async (oid) => ({
      oid,
      tree: '',
      parents: Number(oid) === 0 ? [] : [String(Number(oid) - 1)],
      author: person,
      committer: person,
      message: '',
    }))
    expect(await graph.isAncestor('0', '50000')).toBe(true)
    expect((await graph.compare('10', '50000')).ahead).toBe(49_990)
  })
})
