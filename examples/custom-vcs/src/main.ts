import { execFileSync } from 'node:child_process'
import { mkdirSync, mkdtempSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { deployTwice } from './deploy.ts'
import { gitRemote } from './git-remote.ts'
import { identity } from './mirror.ts'

const REPOSITORY = 'acme/prompts'
const BY = { name: 'Pullwright', email: 'pullwright@example.com' }

const root = mkdtempSync(join(tmpdir(), 'pullwright-git-'))
const directory = join(root, `${REPOSITORY}.git`)
mkdirSync(directory, { recursive: true })
const git = (...args: string[]) => {
  const env = { ...process.env, ...identity({ name: 'Jane', email: 'jane@example.com' }) }
  return execFileSync('git', args, { cwd: directory, env, stdio: ['ignore', 'pipe', 'pipe'] })
    .toString('utf8')
    .trim()
}

git('init', '--quiet', '--bare', '--initial-branch=main')
const empty = git('hash-object', '-t', 'tree', '-w', '/dev/null')
git('update-ref', 'refs/heads/main', git('commit-tree', empty, '-m', 'Begin'))

const vcs = gitRemote({ root, author: BY })
try {
  const [first, second] = await deployTwice(vcs, REPOSITORY, async ({ number, branch, head }) => {
    console.log(`#${number} is on ${branch} at ${head.slice(0, 7)}; merging it`)
    await vcs.mergePullRequest({ repository: REPOSITORY, number }, { expectedHead: head })
  })
  console.log(`then #${second?.number}, after #${first?.number}:\n`)
  console.log(git('show', `pull-requests:${second?.number}.md`))
  console.log(`\nLook around: git -C ${directory} log --all --graph --oneline`)
} finally {
  await vcs.close?.()
}
