import type { HandlerContext, JsonObject, PluginDocuments, PolicyResult } from '@pullwright/core'
import type { RoutedDeployment } from './routed-event.ts'

/** What we know of one pull request of ours, kept in a document of its own. */
export interface PullRequestRecord extends JsonObject {
  /** The routed event whose task opened it; null where it was there before we kept count. */
  openedBy: string | null
  /** The routed event whose task wrote to it last, and what it wrote. */
  writtenBy: string
  identity: string
  repository: string
  number: number
  url: string
  /** The head of its branch when we last wrote. */
  commit: string | null
  /** Of the last deployment, so that it can be judged and told of again. */
  routed: RoutedDeployment
  policies: JsonObject[]
  /** What it documents, oldest first; the newest `MOST_DEPLOYMENTS`. */
  deployments: RecordedDeployment[]
}

/** What each publication says anew. */
type Written = Pick<
  PullRequestRecord,
  'openedBy' | 'writtenBy' | 'identity' | 'repository' | 'number' | 'url' | 'commit' | 'routed'
>

export interface RecordedDeployment extends JsonObject {
  /** The id of its `environment.deployed` event. */
  event: string
  variant: string
  revision: string | number
  by: string
  /** Milliseconds since the epoch. */
  at: number
  status: DeploymentStatus
  /** What the host said of its end. */
  message: string | null
}

/** `live`: the host told us that it deployed, and nothing since. `proposed`: it does not run yet. */
export type DeploymentStatus = 'proposed' | 'live' | 'succeeded' | 'failed' | 'rolled_back'

const MOST_DEPLOYMENTS = 50

/** The same repository on another host is another one. Forges do not mind its case. */
export function recordKey(host: string, repository: string, number: number): string {
  return `${host}/${repository.toLowerCase()}#${number}`
}

export async function readRecord(documents: PluginDocuments, key: string): Promise<PullRequestRecord | null> {
  return ((await documents.get(key))?.value ?? null) as PullRequestRecord | null
}

/** The document that leads from a deployment to its pull requests. */
function indexKey(deployment: string): string {
  return `deployment:${deployment}`
}

/** Keys of the records that hold this deployment. */
export async function recordsOf(documents: PluginDocuments, deployment: string): Promise<string[]> {
  return ((await documents.get(indexKey(deployment)))?.value ?? []) as string[]
}

/** Written by the task that published; of one pull request one runs at a time. */
export async function keepRecord(
  { documents }: Pick<HandlerContext, 'documents'>,
  key: string,
  record: Written,
  { deployment, results }: { deployment: RecordedDeployment; results: readonly PolicyResult[] },
): Promise<void> {
  const told = await recordsOf(documents, deployment.event)
  if (!told.includes(key)) await documents.put(indexKey(deployment.event), [...told, key])
  await changeRecord(documents, key, (before) => {
    const others = (before?.deployments ?? []).filter(({ event }) => event !== deployment.event)
    const known = before?.deployments.find(({ event }) => event === deployment.event)
    return {
      ...record,
      policies: results.map(asJson),
      deployments: [...others, known ?? deployment].slice(-MOST_DEPLOYMENTS),
    }
  })
}

export function asJson({ policy, title, verdict, reason, remarks }: PolicyResult): JsonObject {
  return { policy, title, verdict, reason, remarks: remarks.map(({ path, message }) => ({ path, message })) }
}

/** Tried again where somebody else changed it meanwhile; `null` leaves it as it is. Answers what stands there now. */
export async function changeRecord(
  documents: PluginDocuments,
  key: string,
  change: (before: PullRequestRecord | null) => PullRequestRecord | null,
): Promise<PullRequestRecord | null> {
  for (let left = 20; left > 0; left--) {
    const row = await documents.get(key)
    const before = (row?.value ?? null) as PullRequestRecord | null
    const next = change(before)
    if (next === null) return before
    if (await documents.put(key, next, { expectedVersion: row?.version ?? 0 })) return next
  }
  throw new Error(`The record of ${key} kept changing`)
}
