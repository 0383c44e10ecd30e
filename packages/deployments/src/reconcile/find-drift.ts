import { createHash } from 'node:crypto'
import { isDeepStrictEqual } from 'node:util'
import { diffConfig, type JsonObject, type JsonValue, type Schedule, type Vcs } from '@pullwright/core'
import { isEditOf } from '../gitops/commit-edit.ts'
import { filePathOf } from '../gitops/file-path.ts'
import { readDeploymentFile } from '../gitops/read-deployment-file.ts'
import { shownBy } from '../gitops/shown-by.ts'
import { matchesRoute } from '../matches-route.ts'
import type { CompiledRoute } from '../route.ts'
import type { Place } from './places.ts'

/** What the host says runs now. */
export interface DeployedNow {
  /** Default `default`. */
  project?: string
  app: string
  environment: string
  variant: string
  revision: string | number
  /** Raw, where at hand: then a changed configuration under the same revision is seen too. */
  config?: JsonValue
}

export interface Drift {
  deployed: DeployedNow
  repository: string
  path: string
  /**
   * `missing`: Git has no such file. `revision`, `config`: it says otherwise. `unreadable`: it is no deployment's file.
   * `pending`: it says so once an open pull request is merged.
   */
  kind: 'missing' | 'revision' | 'config' | 'unreadable' | 'pending'
  documented: string | number | null
  /** With `pending`: the pull request's address. */
  pullRequest?: string
}

export interface DriftFacts {
  pseudonymKey?: Schedules['pseudonymKey']
  signal?: AbortSignal
  /** Hides secrets as the instance does. */
  redact: Schedules['redact']
  events: Schedules['events']
  documents: Schedules['documents']
}

type Schedules = Parameters<Schedule['run']>[0]

interface Looked extends DriftFacts {
  place: Place
  vcs: Vcs
}

/** Where Git does not document what runs, in one place. Writes nothing to the forge. */
export async function findDrift(current: readonly DeployedNow[], place: Place, facts: DriftFacts): Promise<Drift[]> {
  const { compiled } = place
  const met = current.filter((one) => {
    const { project = 'default' } = one
    return (place.project ?? project) === project && matchesRoute(compiled.route, { ...one, project })
  })
  if (met.length === 0) return []
  const looked = { ...facts, place, vcs: await place.vcs() }
  const { repository, base = 'main' } = compiled.route
  const placed = met.map((deployed) => ({ deployed, path: pathOf(compiled, deployed) }))
  const paths = [...new Set(placed.map(({ path }) => path))]
  const { files } = await looked.vcs.readFiles(repository, { ref: base, paths }, callOf(facts))
  const drifted: Drift[] = []
  for (const { deployed, path } of placed) {
    const drift = await compare(looked, deployed, path, files[path]?.content ?? null)
    if (drift !== null) drifted.push({ deployed, repository, path, ...drift })
  }
  return drifted.length === 0 ? [] : markPending(looked, drifted)
}

/** What an open pull request already says is on its way. */
async function markPending(looked: Looked, drifted: readonly Drift[]): Promise<Drift[]> {
  const { repository, base = 'main' } = looked.place.compiled.route
  const open = await looked.vcs.findPullRequests(repository, { state: 'open', base }, callOf(looked))
  const documents = open.filter(({ marker }) => marker?.kind === 'document')
  const left = new Map(drifted.map((drift) => [drift, drift]))
  for (const { head, url } of documents) {
    const waiting = [...left.values()].filter(({ kind }) => kind !== 'pending')
    if (waiting.length === 0) break
    const paths = waiting.map(({ path }) => path)
    const { files } = await looked.vcs.readFiles(repository, { ref: head, paths }, callOf(looked))
    for (const drift of waiting) {
      const said = await compare(looked, drift.deployed, drift.path, files[drift.path]?.content ?? null)
      if (said === null) left.set(drift, { ...drift, kind: 'pending', pullRequest: url })
    }
  }
  return [...left.values()]
}

function callOf({ signal }: DriftFacts): { signal?: AbortSignal } {
  return signal === undefined ? {} : { signal }
}

function pathOf(
  compiled: CompiledRoute,
  { app, environment, variant, revision, project = 'default' }: DeployedNow,
): string {
  return filePathOf(compiled, { app, environment, variant, revision, config: null }, project)
}

/** Null where the file says just what runs. */
async function compare(
  looked: Looked,
  deployed: DeployedNow,
  path: string,
  content: string | null,
): Promise<Pick<Drift, 'kind' | 'documented'> | null> {
  if (content === null) return { kind: 'missing', documented: null }
  const file = readDeploymentFile(content)
  if ('problem' in file) return { kind: 'unreadable', documented: null }
  const { project = 'default', revision, config } = deployed
  const isIt = String(file.revision) === String(revision) || (await madeFrom(looked, deployed, path, file.revision))
  if (!isIt) return { kind: 'revision', documented: file.revision }
  if (config === undefined) return null
  const shownOf = shownBy(looked, looked.place.compiled.route, await looked.pseudonymKey?.(project))
  const same = diffConfig(file.config, shownOf(config), { text: false }).equal
  return same ? null : { kind: 'config', documented: file.revision }
}

/**
 * Whether what runs was made by an edit of the file, which goes on naming the revision before it. Kept once it is known,
 * for events are pruned.
 */
async function madeFrom(
  { place: { compiled }, events, documents }: Looked,
  { project = 'default', app, environment, revision }: DeployedNow,
  path: string,
  documented: string | number,
): Promise<boolean> {
  const { repository } = compiled.route
  const told = JSON.stringify([project, compiled.host, repository.toLowerCase(), path, app, environment])
  const key = `edited:${createHash('sha256').update(told).digest('hex')}`
  const edit = { documented: String(documented), revision: String(revision) }
  const known = (await documents.get(key))?.value
  if (isDeepStrictEqual(known, edit)) return true
  const attributes = { app, environment, revision: String(revision) }
  const requests = await events({ project, types: ['deployment.requested'], attributes })
  const from = { vcs: compiled.vcs, repository, path, revision: documented }
  if (!requests.some(({ data }) => isEditOf(data as JsonObject, from))) return false
  await documents.put(key, edit)
  return true
}
