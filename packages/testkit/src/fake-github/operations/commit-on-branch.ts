import type { GitPerson } from '../../git/parse-commit.ts'
import { demand, type Session } from '../model/access.ts'
import type { Account, Repository } from '../model/entities.ts'
import { grants } from '../model/permissions.ts'
import { Refusal } from '../model/refusal.ts'
import type { World } from '../model/world.ts'
import { pathProblem, refuseDirectChange } from './branch-rules.ts'
import { followRefs } from './follow-refs.ts'

export interface BranchCommit {
  branch: string
  expectedHeadOid: string
  headline: string
  body: string | null
  additions: readonly { path: string; contents: Uint8Array }[]
  deletions: readonly { path: string }[]
}

/** The mutation `createCommitOnBranch`: answers the new commit's id. The author is who asks, the committer GitHub. */
export async function commitOnBranch(world: World, session: Session, repository: Repository, commit: BranchCommit) {
  demand(session, repository, { permissions: ['contents'], level: 'write', action: 'CreateCommitOnBranch' })
  return repository.lock(async () => {
    const ref = `refs/heads/${commit.branch}`
    const head = await repository.git.resolve(ref)
    if (head === null) throw new Refusal('NOT_FOUND', `No ref named "${ref}" was found in the repository.`)
    refuseDirectChange(repository, commit.branch)
    if (head !== commit.expectedHeadOid) throw stale(commit.expectedHeadOid)
    await checkPaths(session, repository, head, commit)
    const oid = await repository.git.commitTo(ref, {
      parent: head,
      message: commit.body === null || commit.body === '' ? commit.headline : `${commit.headline}\n\n${commit.body}`,
      author: personOf(session.account, world.now()),
      committer: { name: 'GitHub', email: 'noreply@github.com', at: world.now() },
      additions: commit.additions,
      deletions: commit.deletions.map((deletion) => deletion.path),
    })
    if (oid === null) throw stale(commit.expectedHeadOid)
    await followRefs(world, repository, [ref])
    return oid
  })
}

/** How GitHub signs what it commits for somebody. */
export function personOf(account: Account | null, at: number): GitPerson {
  const login = account?.login ?? 'ghost'
  return {
    name: account?.name ?? login,
    email: account?.email ?? `${login}@users.noreply.github.com`,
    at,
  }
}

function stale(expected: string): Refusal {
  // Two spaces, as GitHub has them.
  return new Refusal('STALE_DATA', `Expected branch to point to "${expected}" but it did not.  Pull and try again.`)
}

async function checkPaths(session: Session, repository: Repository, head: string, commit: BranchCommit): Promise<void> {
  for (const { path } of [...commit.additions, ...commit.deletions]) {
    const problem = pathProblem(path)
    if (problem !== null) throw new Refusal('UNPROCESSABLE', problem)
    if (path.startsWith('.github/workflows/')) demandWorkflows(session, path)
  }
  const gone = await Promise.all(commit.deletions.map(({ path }) => repository.git.read(`${head}:${path}`)))
  if (gone.includes(null)) {
    const message = `A path was requested for deletion which does not exist as of commit oid \`${head}\``
    throw new Refusal('UNPROCESSABLE', message)
  }
  const deleted = new Set(commit.deletions.map(({ path }) => path))
  for (const { path } of commit.additions) await checkPlace(repository, head, path, deleted)
}

/** A file cannot take the place of a folder, nor a folder that of a file, unless that goes in the same commit. */
async function checkPlace(repository: Repository, head: string, path: string, deleted: Set<string>): Promise<void> {
  const parts = path.split('/')
  for (let length = 1; length <= parts.length; length++) {
    const prefix = parts.slice(0, length).join('/')
    const there = await repository.git.read(`${head}:${prefix}`)
    if (there === null || deleted.has(prefix)) return
    const wanted = length === parts.length ? 'blob' : 'tree'
    if (there.type !== wanted) {
      throw new Refusal('UNPROCESSABLE', `A file and a directory cannot share the path \`${prefix}\``)
    }
  }
}

function demandWorkflows(session: Session, path: string): void {
  const { token } = session
  if (token === null || token.kind === 'classic' || grants(token.permissions, 'workflows', 'write')) return
  const what = token.kind === 'installation' ? 'a GitHub App' : 'a Personal Access Token'
  const missing = token.kind === 'installation' ? '`workflows` permission' : '`workflow` scope'
  throw new Refusal(
    'FORBIDDEN',
    `refusing to allow ${what} to create or update workflow \`${path}\` without ${missing}`,
  )
}
