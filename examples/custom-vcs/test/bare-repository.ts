import { execFileSync } from 'node:child_process'
import { existsSync, readFileSync } from 'node:fs'
import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'

/** A bare repository with one commit, that notes every push. */
export async function bareRepository(repository: string) {
  const root = await mkdtemp(join(tmpdir(), 'custom-vcs-'))
  const directory = join(root, `${repository}.git`)
  const notes = join(directory, 'pushes')
  await mkdir(directory, { recursive: true })
  const git = (args: readonly string[], input: string | Uint8Array = '', env: Record<string, string> = {}) =>
    execFileSync('git', args, { cwd: directory, input, stdio: 'pipe', env: { ...process.env, ...env } })
  const text = (...call: Parameters<typeof git>) =>
    git(...call)
      .toString('utf8')
      .trim()
  git(['init', '--quiet', '--bare', '--initial-branch=main'])
  await writeFile(join(directory, 'hooks/pre-receive'), '#!/bin/sh\necho push >> pushes\n', { mode: 0o755 })
  const resolve = (branch: string) => {
    try {
      return text(['rev-parse', '--verify', '--quiet', `refs/heads/${branch}`])
    } catch {
      return null
    }
  }
  const commit = (person: string, branch: string, files: Record<string, string | null>) => {
    const parent = resolve(branch) ?? resolve('main')
    const who = ['AUTHOR', 'COMMITTER'].flatMap((role) => [
      [`GIT_${role}_NAME`, person],
      [`GIT_${role}_EMAIL`, `${person}@example.com`],
    ])
    const env = { GIT_INDEX_FILE: join(directory, 'index-by-hand'), ...Object.fromEntries(who) }
    git(parent === null ? ['read-tree', '--empty'] : ['read-tree', parent], '', env)
    for (const [path, content] of Object.entries(files)) {
      const oid = content === null ? '0'.repeat(40) : text(['hash-object', '-w', '--stdin'], content)
      git(['update-index', '--index-info'], `${content === null ? '0' : '100644'} ${oid}\t${path}\n`, env)
    }
    const tree = text(['write-tree'], '', env)
    const oid = text(['commit-tree', tree, ...(parent === null ? [] : ['-p', parent])], 'Edit by hand', env)
    git(['update-ref', `refs/heads/${branch}`, oid])
    return oid
  }
  commit('jane', 'main', { 'README.md': '# Prompts\n' })
  return {
    root,
    git,
    resolve,
    commit,
    pushes: () => (existsSync(notes) ? readFileSync(notes, 'utf8').split('\n').length - 1 : 0),
    remove: () => rm(root, { recursive: true, force: true }),
  }
}
