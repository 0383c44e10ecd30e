import type { MergeRequest, Pipeline, Project } from '../model/entities.ts'
import type { World } from '../model/world.ts'

/** What GitLab does once a branch moved: a pipeline starts, open merge requests take the new head, or end. */
export async function followBranch(world: World, project: Project, branch: string): Promise<void> {
  const head = await project.git.resolve(`refs/heads/${branch}`)
  if (head !== null && project.ci) startPipeline(world, project, head, branch, 'running')
  for (const mergeRequest of project.mergeRequests) {
    if (mergeRequest.state !== 'opened') continue
    if (mergeRequest.sourceBranch === branch) takeHead(world, mergeRequest, head)
    if (mergeRequest.targetBranch === branch && head !== null) await noticeMerge(world, mergeRequest, head)
  }
}

export function startPipeline(
  world: World,
  project: Project,
  sha: string,
  ref: string,
  status: Pipeline['status'],
  source: Pipeline['source'] = 'push',
): Pipeline {
  const pipeline: Pipeline = { id: world.nextId(), sha, ref, status, source, createdAt: world.now() }
  project.pipelines.push(pipeline)
  return pipeline
}

/** A new head ends auto-merge and approvals stay; a branch that is gone leaves the merge request open. */
function takeHead(world: World, mergeRequest: MergeRequest, head: string | null): void {
  if (head === null || head === mergeRequest.sha) return
  mergeRequest.sha = head
  mergeRequest.updatedAt = world.now()
  mergeRequest.autoMerge = false
  mergeRequest.checking = mergeRequest.project.checkingTries
}

async function noticeMerge(world: World, mergeRequest: MergeRequest, targetHead: string): Promise<void> {
  const { git } = mergeRequest.project
  if (!(await git.isAncestor(mergeRequest.sha, targetHead))) return
  mergeRequest.state = 'merged'
  mergeRequest.mergedAt = world.now()
  mergeRequest.updatedAt = world.now()
  mergeRequest.mergeCommitSha = mergeRequest.sha === targetHead ? null : targetHead
}
