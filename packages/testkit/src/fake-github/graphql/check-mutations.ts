import { Refusal, unresolvedNode } from '../model/refusal.ts'
import { createCheckRun } from '../operations/check-runs.ts'
import { createDeployment } from '../operations/deployments.ts'
import { iso } from './context.ts'
import { parseGitId } from './global-id.ts'
import { type Mutation, type Mutations, repositoryOf } from './payload.ts'
import { checkRunView } from './status-views.ts'

interface CheckRunInput {
  repositoryId: string
  headSha: string
  name: string
  status?: 'QUEUED' | 'IN_PROGRESS' | 'COMPLETED' | null
  conclusion?: string | null
  detailsUrl?: string | null
  externalId?: string | null
  output?: { title?: string | null; summary?: string | null; text?: string | null } | null
  startedAt?: string | null
  completedAt?: string | null
}

const checkRun: Mutation<CheckRunInput> = async (input, context) => {
  const { world } = context.graph
  const repository = repositoryOf(context, input.repositoryId)
  const completed = input.conclusion != null || input.status === 'COMPLETED'
  const run = await createCheckRun(world, context.session, repository, {
    sha: input.headSha,
    name: input.name,
    status: completed ? 'COMPLETED' : (input.status ?? 'QUEUED'),
    conclusion: input.conclusion ?? null,
    detailsUrl: input.detailsUrl ?? null,
    externalId: input.externalId ?? null,
    output: {
      title: input.output?.title ?? null,
      summary: input.output?.summary ?? null,
      text: input.output?.text ?? null,
    },
    startedAt: input.startedAt == null ? world.now() : Date.parse(input.startedAt),
    completedAt: completed ? (input.completedAt == null ? world.now() : Date.parse(input.completedAt)) : null,
  })
  return { checkRun: checkRunView(run) }
}

interface DeploymentInput {
  repositoryId: string
  refId: string
  environment?: string | null
  task?: string | null
  description?: string | null
  payload?: string | null
  autoMerge?: boolean | null
  requiredContexts?: string[] | null
}

const deployment: Mutation<DeploymentInput> = async (input, context) => {
  const repository = repositoryOf(context, input.repositoryId)
  const ref = parseGitId(context.graph.world, input.refId)
  const sha = ref === null ? null : await repository.git.resolve(ref.name)
  if (ref === null || sha === null) throw unresolvedNode(input.refId)
  if (input.autoMerge !== false) {
    throw new Refusal('UNPROCESSABLE', 'fakeGitHub only models createDeployment with autoMerge: false')
  }
  const made = createDeployment(context.graph.world, context.session, repository, {
    sha,
    ref: ref.name.replace(/^refs\/heads\//, ''),
    environment: input.environment ?? 'production',
    task: input.task ?? 'deploy',
    description: input.description ?? '',
    payload: input.payload ?? '{}',
    production: (input.environment ?? 'production') === 'production',
  })
  return {
    autoMerged: false,
    deployment: {
      __typename: 'Deployment',
      id: made.id,
      databaseId: made.databaseId,
      environment: made.environment,
      task: made.task,
      description: made.description,
      payload: made.payload,
      commitOid: made.sha,
      createdAt: iso(made.createdAt),
      state: 'PENDING',
    },
  }
}

export const checkMutations: Mutations = { createCheckRun: checkRun, createDeployment: deployment }
