import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import fc from 'fast-check'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { type BareRepository, createBareRepository, ZERO_OID } from './bare-repository.ts'

const WHO = { name: 'Ann <x>\nLee', email: 'ann@example.test', at: 1_700_000_000_000 }
let folder: string
let git: BareRepository

beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'bare-repository-'))
  git = await createBareRepository(join(folder, 'r.git'), 'main')
})

afterEach(async () => {
  await git.close()
  await rm(folder, { recursive: true, force: true })
})

function commit(ref: string, parent: string | null, files: Record<string, string | Uint8Array | null>) {
  return git.commitTo(ref, {
    parent,
    message: 'A message\n\nwith a body',
    author: WHO,
    committer: WHO,
    additions: Object.entries(files).flatMap(([path, contents]) => (contents === null ? [] : [{ path, contents }])),
    deletions: Object.keys(files).filter((path) => files[path] === null),
  })
}

async function first(files: Record<string, string | Uint8Array> = { 'a.md': 'a\n' }): Promise<string> {
  return (await commit('refs/heads/main', null, files)) ?? ''
}

describe('a bare repository', () => {
  it('gives back every file as it was written, whatever its path and bytes', async () => {
    const segment = fc.stringMatching(/^[^/\0\n]{1,12}$/).filter((name) => !/^\.\.?$|^\.git$/i.test(name.trim()))
    const file = fc.tuple(segment, segment, fc.uint8Array({ maxLength: 300 }))
    let round = 0
    await fc.assert(
      fc.asyncProperty(
        fc.uniqueArray(file, { selector: ([, name]) => name.toLowerCase(), minLength: 1, maxLength: 4 }),
        async (list) => {
          const files = Object.fromEntries(list.map(([dir, name, bytes], index) => [`${index}${dir}/${name}`, bytes]))
          const oid = await commit(`refs/heads/round-${++round}`, null, files)
          for (const [path, bytes] of Object.entries(files)) {
            const object = await git.read(`${oid}:${path}`)
            expect(object === null ? null : new Uint8Array(object.data)).toEqual(bytes)
          }
        },
      ),
      { numRuns: 15 },
    )
  })

  it('keeps the message and cleans the author as git does', async () => {
    await first()
    const found = await git.commitAt('refs/heads/main')
    expect(found?.message).toBe('A message\n\nwith a body')
    expect(found?.author).toEqual({ name: 'Ann xLee', email: 'ann@example.test', at: WHO.at })
  })

  it('lets one of many commits on the same parent win', async () => {
    const parent = await first()
    const names = Array.from({ length: 8 }, (_, index) => index)
    const results = await Promise.all(names.map((n) => commit('refs/heads/main', parent, { 'a.md': `${n}\n` })))
    const winners = results.filter((oid) => oid !== null)
    expect(winners).toHaveLength(1)
    expect(await git.resolve('refs/heads/main')).toBe(winners[0])
    expect((await git.refs('refs/')).map((ref) => ref.name)).toEqual(['refs/heads/main'])
  })

  it('moves refs together or not at all', async () => {
    const oid = await first()
    const refused = await git.updateRefs([
      { name: 'refs/heads/new', after: oid, before: ZERO_OID },
      { name: 'refs/heads/main', after: oid, before: ZERO_OID },
    ])
    expect(refused).toContain('reference already exists')
    expect(await git.resolve('refs/heads/new')).toBeNull()
  })

  it('refuses a branch beneath a branch', async () => {
    const oid = await first()
    expect(await git.updateRefs([{ name: 'refs/heads/main/sub', after: oid }])).toContain('cannot create')
  })

  it('answers null for what is not there, and goes on', async () => {
    await first()
    expect(await git.read('refs/heads/nope')).toBeNull()
    expect(await git.read('refs/heads/main:nope')).toBeNull()
    expect(await git.read('')).toBeNull()
    expect(await git.read('a\nb')).toBeNull()
    expect((await git.read('refs/heads/main:a.md'))?.data.toString()).toBe('a\n')
  })

  it('reads objects larger than a pipe holds, among small ones', async () => {
    const big = Buffer.alloc(3_000_000, 'x')
    await first({ big, 'small.md': 's' })
    const [a, b, c] = await Promise.all(['big', 'small.md', 'big'].map((path) => git.read(`refs/heads/main:${path}`)))
    expect([a?.data.equals(big), b?.data.toString(), c?.data.equals(big)]).toEqual([true, 's', true])
  })

  it('counts how far branches are apart, and merges them or says that it cannot', async () => {
    const base = await first({ 'a.md': 'one\n', 'b.md': 'two\n' })
    const left = (await commit('refs/heads/main', base, { 'a.md': 'left\n' })) ?? ''
    await git.updateRefs([{ name: 'refs/heads/topic', after: base }])
    const right = (await commit('refs/heads/topic', base, { 'b.md': null, 'c.md': 'new\n' })) ?? ''
    expect(await git.compare(left, right)).toEqual({ ahead: 1, behind: 1, commits: [right] })
    expect(await git.mergeBase(left, right)).toBe(base)
    expect(await git.mergeTree(left, right)).toMatch(/^[0-9a-f]{40}$/)
    const clash = (await commit('refs/heads/topic', right, { 'a.md': 'right\n' })) ?? ''
    expect(await git.mergeTree(left, clash)).toBeNull()
    expect(await git.diff(base, right)).toMatchObject([
      { path: 'b.md', status: 'D', deletions: 1 },
      { path: 'c.md', status: 'A', additions: 1 },
    ])
  })

  it('refuses to read once it is closed', async () => {
    await first()
    await git.close()
    await expect(git.read('refs/heads/main')).rejects.toThrow('closed')
  })
})
