import { ZERO_OID } from '../../git/bare-repository.ts'
import type { MergeStrategy, PullRequest, Repository } from '../model/entities.ts'
import { ensureAccount, type World } from '../model/world.ts'
import { branchRef, rememberHeads, tipOf } from '../operations/heads.ts'
import { mergePullRequest } from '../operations/merging.ts'
import { createPullRequest } from '../operations/pull-requests.ts'
import type { BitbucketCommit, NewBitbucketPullRequest } from './fake-bitbucket-state.ts'

const SOMEBODY = 'jane'

/** As `git push` would. Answers the commit. */
export async function commitByHand(world: World, repository: Repository, commit: BitbucketCommit): Promise<string> {
  const { git } = repository
  const ref = branchRef(commit.branch)
  const account = ensureAccount(world, commit.author ?? SOMEBODY)
  const who = { name: account.displayName, email: account.email, at: world.now() }
  const entries = Object.entries(commit.files)
  return repository.lock(async () => {
    const there = await git.resolve(ref)
    const start = there ?? (await git.resolve(commit.from ?? repository.mainBranch))
    if (there === null && start !== null) await git.updateRefs([{ name: ref, after: start, before: ZERO_OID }])
    const oid = await git.commitTo(ref, {
      parent: start,
      message: commit.message ?? 'Edit by hand',
      author: who,
      committer: who,
      additions: entries.flatMap(([path, contents]) => (contents === null ? [] : [{ path, contents }])),
      deletions: entries.flatMap(([path, contents]) => (contents === null ? [path] : [])),
    })
    if (oid === null) throw new Error(`${commit.branch} moved while the fake committed to it.`)
    return oid
  })
}

/** To another commit, or away. */
export async function moveBranch(repository: Repository, branch: string, to: string | null): Promise<void> {
  await rememberHeads(repository, branch)
  const after = to === null ? ZERO_OID : await repository.git.resolve(to)
  const refused =
    after === null ? `there is no ${to}` : await repository.git.updateRefs([{ name: branchRef(branch), after }])
  if (refused !== null) throw new Error(`The fake cannot move ${branch}: ${refused}`)
}

export async function openByHand(
  world: World,
  repository: Repository,
  input: NewBitbucketPullRequest,
): Promise<PullRequest> {
  if ((await tipOf(repository, input.source)) === null) throw new Error(`The fake has no branch ${input.source}.`)
  return createPullRequest(world, ensureAccount(world, input.by ?? SOMEBODY), repository, {
    title: input.title ?? input.source,
    description: input.description ?? '',
    draft: input.draft ?? false,
    source: { branch: { name: input.source } },
    destination: { branch: { name: input.destination ?? repository.mainBranch } },
  })
}

export async function mergeByHand(
  world: World,
  pullRequest: PullRequest,
  { by = SOMEBODY, strategy }: { by?: string; strategy?: MergeStrategy },
): Promise<string> {
  const input = strategy === undefined ? {} : { merge_strategy: strategy }
  const task = await mergePullRequest(world, ensureAccount(world, by), pullRequest, input, false)
  if (task !== null) await pullRequest.repository.mergeTasks.get(task)?.finish()
  return pullRequest.mergeCommit ?? ''
}
