import type { JsonObject, Logger, PluginDocuments, PullRequest, ScheduleEmit, Vcs } from '@pullwright/core'

export interface Polled {
  vcs: Vcs
  name: string
  repository: string
  base: string
}

/**
 * Tells of pull requests that were merged or closed since the last look, as the forge's webhook would have: for hosts that
 * were down, and for those that no webhook reaches. A webhook that came all the same makes no second event.
 */
export async function tellMissedMerges(
  { vcs, name, repository, base }: Polled,
  {
    documents,
    emit,
    log,
    signal,
  }: { documents: PluginDocuments; emit: ScheduleEmit; log: Logger; signal: AbortSignal },
): Promise<void> {
  const key = `open:${name}/${repository.toLowerCase()}#${base}`
  const known = ((await documents.get(key))?.value ?? []) as number[]
  const open = (await vcs.findPullRequests(repository, { state: 'open', base }, { signal })).map(({ number }) => number)
  for (const number of known.filter((one) => !open.includes(one))) {
    const pullRequest = await vcs.getPullRequest(repository, number, { signal })
    if (pullRequest.state === 'open') {
      open.push(number)
      continue
    }
    const type = pullRequest.state === 'merged' ? 'pull_request.merged' : 'pull_request.closed'
    const { status } = await emit(type, factsOf(name, pullRequest), { idempotencyKey: `${type}:${pullRequest.url}` })
    if (status === 'recorded') log.info({ pullRequest: pullRequest.url }, `No webhook told of it: ${type}`)
  }
  await documents.put(key, open)
}

function factsOf(vcs: string, pullRequest: PullRequest): JsonObject {
  const { repository, number, url, title, branch, base, head, mergeCommit, mergedBy, marker } = pullRequest
  return {
    ...{ vcs, repository, number, url, title, branch, base, head },
    ...(mergeCommit ? { merge_commit: mergeCommit } : {}),
    ...(mergedBy ? { actor: mergedBy } : {}),
    ...(marker === null ? {} : { kind: marker.kind, identity: marker.identity }),
  }
}
