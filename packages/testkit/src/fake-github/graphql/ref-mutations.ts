import { visibleRepository } from '../model/access.ts'
import type { Repository } from '../model/entities.ts'
import { Refusal, unresolvedNode } from '../model/refusal.ts'
import { commitOnBranch } from '../operations/commit-on-branch.ts'
import { createRef, deleteRef, type RefChange, updateRefs } from '../operations/refs.ts'
import type { GraphContext } from './context.ts'
import { parseGitId } from './global-id.ts'
import { type Mutation, type Mutations, repositoryOf } from './payload.ts'

interface CreateRefInput {
  repositoryId: string
  name: string
  oid: string
}

const create: Mutation<CreateRefInput> = async (input, context) => {
  const repository = repositoryOf(context, input.repositoryId)
  await createRef(context.graph.world, context.session, repository, input.name, input.oid)
  return { ref: () => context.graph.view.ref(repository, input.name) }
}

const update: Mutation<{ refId: string; oid: string; force?: boolean | null }> = async (input, context) => {
  const { repository, name } = refOf(context, input.refId)
  const change: RefChange = { name, afterOid: input.oid, force: input.force ?? false }
  await updateRefs(context.graph.world, context.session, repository, [change])
  return { ref: () => context.graph.view.ref(repository, name) }
}

const updateMany: Mutation<{ repositoryId: string; refUpdates: RefChange[] }> = async (input, context) => {
  const repository = repositoryOf(context, input.repositoryId)
  await updateRefs(context.graph.world, context.session, repository, input.refUpdates)
  return {}
}

const remove: Mutation<{ refId: string }> = async (input, context) => {
  const { repository, name } = refOf(context, input.refId)
  await deleteRef(context.graph.world, context.session, repository, name)
  return {}
}

interface CommitInput {
  branch: { id?: string | null; repositoryNameWithOwner?: string | null; branchName?: string | null }
  expectedHeadOid: string
  message: { headline: string; body?: string | null }
  fileChanges?: {
    additions?: { path: string; contents: string }[] | null
    deletions?: { path: string }[] | null
  } | null
}

const commit: Mutation<CommitInput> = async (input, context) => {
  const { repository, branch } = branchOf(context, input.branch)
  const oid = await commitOnBranch(context.graph.world, context.session, repository, {
    branch,
    expectedHeadOid: input.expectedHeadOid,
    headline: input.message.headline,
    body: input.message.body ?? null,
    additions: (input.fileChanges?.additions ?? []).map(({ path, contents }) => ({
      path,
      contents: Buffer.from(contents, 'base64'),
    })),
    deletions: input.fileChanges?.deletions ?? [],
  })
  return {
    commit: async () => context.graph.view.object(repository, await repository.git.read(oid)),
    ref: () => context.graph.view.ref(repository, `refs/heads/${branch}`),
  }
}

export const refMutations: Mutations = {
  createRef: create,
  updateRef: update,
  updateRefs: updateMany,
  deleteRef: remove,
  createCommitOnBranch: commit,
}

function refOf(context: GraphContext, id: string): { repository: Repository; name: string } {
  const found = parseGitId(context.graph.world, id)
  if (found === null || found.kind !== 'Ref') throw unresolvedNode(id)
  return { repository: repositoryOf(context, found.repository.id), name: found.name }
}

/** A `CommittableBranch` is named by its id, or by repository and branch. */
function branchOf(context: GraphContext, branch: CommitInput['branch']): { repository: Repository; branch: string } {
  if (branch.id != null) {
    const { repository, name } = refOf(context, branch.id)
    return { repository, branch: name.replace(/^refs\/heads\//, '') }
  }
  const name = branch.repositoryNameWithOwner ?? ''
  const repository = visibleRepository(context.graph.world, context.session, name)
  if (repository === null) {
    throw new Refusal('NOT_FOUND', `Could not resolve to a Repository with the name '${name}'.`)
  }
  if (branch.branchName == null) throw new Refusal('UNPROCESSABLE', 'A branch name or a ref id must be given.')
  return { repository, branch: branch.branchName.replace(/^refs\/heads\//, '') }
}
