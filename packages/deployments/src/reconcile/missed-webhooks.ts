import { createHash } from 'node:crypto'
import type { JsonObject, Logger, PluginDocuments, PullRequest, ScheduleEmit, Vcs } from '@pullwright/core'

export interface Polled {
  vcs: Vcs
  name: string
  repository: string
  base: string
  /** Where what was seen is kept. */
  key: string
}

interface Polling {
  documents: PluginDocuments
  emit: ScheduleEmit
  log: Logger
  signal: AbortSignal
}

/** What the last look saw of one branch. */
interface Seen extends JsonObject {
  /** The highest number of a pull request into it. */
  highest: number
  /** Those that were open, with a digest of the reviews of ours. */
  open: { number: number; reviews: string | null; labels?: string[] }[]
}

/** Pull requests looked at beyond the open ones, at first: few are opened and merged between two looks. */
const NEWEST = 20

/**
 * Tells of pull requests that were merged, closed, reviewed or labelled since the last look, as the forge's webhook would have: for
 * hosts that were down, and for those that no webhook reaches. A webhook that came all the same changes nothing twice.
 * What was merged before the first look is history.
 */
export async function tellMissedWebhooks(polled: Polled, polling: Polling): Promise<void> {
  const { vcs, repository, base, key } = polled
  const { documents, signal } = polling
  const known = ((await documents.get(key))?.value ?? null) as Seen | null
  const open = await vcs.findPullRequests(repository, { state: 'open', base }, { signal })
  const newest = await newestSince(polled, known?.highest ?? null, signal)
  const isOpen = new Set(open.map(({ number }) => number))
  const before = new Map(known?.open.map((one) => [one.number, one]))
  const fresh = newest.map(({ number }) => number).filter((number) => known !== null && number > known.highest)
  for (const number of new Set([...before.keys(), ...fresh])) {
    if (!isOpen.has(number)) await tellOfEnd(polled, polling, number)
  }
  const seen: Seen['open'] = []
  for (const one of open) {
    const reviews = await reviewsDigest(vcs, one, signal)
    const last = before.get(one.number)
    if (last !== undefined && last.reviews !== reviews) await tell(polled, polling, 'pull_request.reviewed', one)
    const isNew = known !== null && one.number > known.highest
    if (isNew || last?.labels !== undefined) await tellOfLabels(polled, polling, one, last?.labels ?? [])
    seen.push({ number: one.number, reviews, labels: one.labels })
  }
  const highest = Math.max(known?.highest ?? 0, ...[...newest, ...open].map(({ number }) => number))
  await documents.put(key, { highest, open: seen })
}

/** All that came after `highest`; the newest few where nothing is known yet. */
async function newestSince(
  { vcs, repository, base }: Polled,
  highest: number | null,
  signal: AbortSignal,
): Promise<PullRequest[]> {
  for (let limit = NEWEST; ; limit *= 5) {
    const found = await vcs.findPullRequests(repository, { state: 'all', base, limit }, { signal })
    const reached = highest === null || found.length < limit || found.some(({ number }) => number <= highest)
    if (reached) return found
  }
}

async function tellOfEnd(polled: Polled, polling: Polling, number: number): Promise<void> {
  const pullRequest = await polled.vcs.getPullRequest(polled.repository, number, { signal: polling.signal })
  if (pullRequest.state === 'open') return
  const type = pullRequest.state === 'merged' ? 'pull_request.merged' : 'pull_request.closed'
  await tell(polled, polling, type, pullRequest, { idempotencyKey: `${type}:${pullRequest.url}` })
}

/** A label whose setter the forge does not tell asks for nothing, so nobody is told of it. */
async function tellOfLabels(
  polled: Polled,
  polling: Polling,
  pullRequest: PullRequest,
  before: readonly string[],
): Promise<void> {
  for (const label of pullRequest.labels.filter((one) => !before.includes(one))) {
    const actor = (await polled.vcs.access?.labeledBy?.(pullRequest, label, { signal: polling.signal })) ?? null
    if (actor === null) continue
    await tell(polled, polling, 'pull_request.labeled', pullRequest, { more: { label, actor, polled: true } })
  }
}

async function tell(
  { name }: Polled,
  { emit, log }: Polling,
  type: string,
  pullRequest: PullRequest,
  { more = {}, ...keyed }: { more?: JsonObject; idempotencyKey?: string } = {},
): Promise<void> {
  const { status } = await emit(
    type,
    { ...factsOf(name, pullRequest), ...more },
    { project: { concerned: true }, ...keyed },
  )
  if (status === 'recorded')
    log.info({ pullRequest: pullRequest.url, type }, 'A webhook did not tell of it, or not yet')
}

/** Of pull requests of ours: nobody waits for reviews of others. */
async function reviewsDigest(vcs: Vcs, pullRequest: PullRequest, signal: AbortSignal): Promise<string | null> {
  if (pullRequest.marker === null || !vcs.reviews) return null
  const reviews = await vcs.reviews.list(pullRequest, { signal })
  const told = reviews.map(({ author, state, commit }) => JSON.stringify([author, state, commit])).sort()
  return createHash('sha256').update(told.join()).digest('hex').slice(0, 16)
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
