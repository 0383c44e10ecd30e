import { demandRole, type Session } from '../model/access.ts'
import type { MergeRequest, Project, User } from '../model/entities.ts'
import { badParameter, Refusal, refusal, unauthorized } from '../model/refusal.ts'
import type { World } from '../model/world.ts'
import { startPipeline } from './follow-refs.ts'

export interface MergeRequestFields {
  title: string | null
  description: string | null
  targetBranch: string | null
  labels: string[] | null
  addLabels: string[]
  removeLabels: string[]
  assigneeIds: number[] | null
  reviewerIds: number[] | null
  squash: boolean | null
  removeSourceBranch: boolean | null
  stateEvent: 'close' | 'reopen' | null
}

/** https://docs.gitlab.com/administration/instance_limits/#size-of-comments-and-descriptions-of-issues-merge-requests-and-epics */
const MAX_DESCRIPTION = 1_048_576
const MAX_TITLE = 255

export async function createMergeRequest(
  world: World,
  session: Session,
  project: Project,
  sourceBranch: string,
  fields: MergeRequestFields,
): Promise<MergeRequest> {
  const { user } = session
  if (user === null) throw unauthorized()
  demandRole(session, project, 'developer')
  const targetBranch = fields.targetBranch ?? ''
  if (fields.title === null || fields.title === '') throw badParameter('title is missing')
  if (sourceBranch === targetBranch) throw refusal(422, ["You can't use same project/branch for source and target"])
  const head = await project.git.resolve(`refs/heads/${sourceBranch}`)
  if (head === null) throw refusal(400, { source_branch: ['does not exist'] })
  if ((await project.git.resolve(`refs/heads/${targetBranch}`)) === null) {
    throw refusal(400, { target_branch: ['does not exist'] })
  }
  const twin = project.mergeRequests.find(
    (one) => one.state === 'opened' && one.sourceBranch === sourceBranch && one.targetBranch === targetBranch,
  )
  if (twin !== undefined) {
    throw refusal(409, [`Another open merge request already exists for this source branch: !${twin.iid}`])
  }
  const made = blank(world, project, user, sourceBranch, head)
  write(world, made, { ...fields, targetBranch })
  project.mergeRequests.push(made)
  if (project.ci && !project.pipelines.some(({ sha }) => sha === head)) {
    startPipeline(world, project, head, sourceBranch, 'running')
  }
  return made
}

export function updateMergeRequest(
  world: World,
  session: Session,
  mergeRequest: MergeRequest,
  fields: MergeRequestFields,
): void {
  if (session.user !== mergeRequest.author) demandRole(session, mergeRequest.project, 'developer')
  write(world, mergeRequest, fields)
  const { stateEvent } = fields
  if (stateEvent === 'close' && mergeRequest.state === 'opened') {
    mergeRequest.state = 'closed'
    mergeRequest.closedAt = world.now()
  }
  if (stateEvent === 'reopen' && mergeRequest.state === 'closed') mergeRequest.state = 'opened'
}

function blank(world: World, project: Project, author: User, sourceBranch: string, sha: string): MergeRequest {
  return {
    id: world.nextId(),
    iid: project.mergeRequests.length + 1,
    project,
    title: '',
    description: '',
    state: 'opened',
    sourceBranch,
    targetBranch: '',
    sha,
    author,
    labels: [],
    assignees: [],
    reviewers: [],
    squash: project.squashOption === 'default_on' || project.squashOption === 'always',
    removeSourceBranch: project.removeSourceBranchAfterMerge,
    autoMerge: false,
    mergeCommitSha: null,
    mergedOnto: null,
    squashCommitSha: null,
    mergedBy: null,
    notes: [],
    approvals: [],
    checking: project.checkingTries,
    createdAt: world.now(),
    updatedAt: world.now(),
    mergedAt: null,
    closedAt: null,
  }
}

function write(world: World, mergeRequest: MergeRequest, fields: MergeRequestFields): void {
  const { title, description } = fields
  if (title !== null && [...title].length > MAX_TITLE) {
    throw refusal(400, { title: [`is too long (maximum is ${MAX_TITLE} characters)`] })
  }
  if (description !== null && [...description].length > MAX_DESCRIPTION) {
    throw refusal(400, { description: [`is too long (maximum is ${MAX_DESCRIPTION} characters)`] })
  }
  const { project } = mergeRequest
  if (title !== null) mergeRequest.title = title
  if (description !== null) mergeRequest.description = description
  if (fields.targetBranch !== null) mergeRequest.targetBranch = fields.targetBranch
  if (fields.squash !== null) mergeRequest.squash = fields.squash
  if (fields.removeSourceBranch !== null) mergeRequest.removeSourceBranch = fields.removeSourceBranch
  if (fields.assigneeIds !== null) mergeRequest.assignees = people(world, project, fields.assigneeIds)
  if (fields.reviewerIds !== null) mergeRequest.reviewers = people(world, project, fields.reviewerIds)
  mergeRequest.labels = labelsOf(project, fields, mergeRequest.labels)
  mergeRequest.updatedAt = world.now()
}

/** Labels that are not there yet are made. Names are told apart by their case. */
export function labelsOf(
  project: Project,
  { labels, addLabels, removeLabels }: Pick<MergeRequestFields, 'labels' | 'addLabels' | 'removeLabels'>,
  before: readonly string[],
): string[] {
  if (project.refusesLabels) return [...before]
  const names = [...new Set([...(labels ?? before), ...addLabels])].filter((name) => !removeLabels.includes(name))
  for (const name of names) {
    if ([...name].length > 255) throw new Refusal(400, { message: { labels: ['is invalid'] } })
    if (!project.labels.includes(name)) project.labels.push(name)
  }
  return names
}

/** Ids of nobody, and of people who cannot see the project, are passed over without a word; 0 means nobody. */
function people(world: World, project: Project, ids: readonly number[]): User[] {
  const users = [...world.users.values()]
  return (project.premium ? ids : ids.slice(0, 1)).flatMap((id) => {
    const user = users.find((one) => one.id === id)
    if (user === undefined) return []
    const sees = project.visibility !== 'private' || project.members.has(user.username.toLowerCase())
    return sees ? [user] : []
  })
}
