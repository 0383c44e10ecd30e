import { diffConfig, type JsonValue, type Vcs } from '@pullwright/core'
import { filePathOf } from '../gitops/file-path.ts'
import { readDeploymentFile } from '../gitops/read-deployment-file.ts'
import { matchesRoute } from '../matches-route.ts'
import type { CompiledRoute } from '../route.ts'
import { routeRedactor } from '../route-redactor.ts'
import { shownConfig } from '../shown.ts'

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

/** Where Git does not document what runs, on every route that a deployment meets. Reads, and writes nothing. */
export async function findDrift(
  current: readonly DeployedNow[],
  routes: readonly { compiled: CompiledRoute; vcs: Vcs }[],
  { signal }: { signal?: AbortSignal } = {},
): Promise<Drift[]> {
  const found: Drift[] = []
  for (const { compiled, vcs } of routes) {
    const met = current.filter((one) => matchesRoute(compiled.route, { ...one, project: one.project ?? 'default' }))
    if (met.length > 0) found.push(...(await driftOn(compiled, vcs, met, signal === undefined ? {} : { signal })))
  }
  return found
}

async function driftOn(
  compiled: CompiledRoute,
  vcs: Vcs,
  current: readonly DeployedNow[],
  call: { signal?: AbortSignal },
): Promise<Drift[]> {
  const { repository, base = 'main' } = compiled.route
  const placed = current.map((deployed) => ({ deployed, path: pathOf(compiled, deployed) }))
  const paths = [...new Set(placed.map(({ path }) => path))]
  const { files } = await vcs.readFiles(repository, { ref: base, paths }, call)
  const drifted = placed.flatMap(({ deployed, path }) => {
    const drift = compare(compiled, deployed, files[path]?.content ?? null)
    return drift === null ? [] : [{ deployed, repository, path, ...drift }]
  })
  return drifted.length === 0 ? [] : markPending(compiled, vcs, drifted, call)
}

/** What an open pull request already says is on its way. */
async function markPending(
  compiled: CompiledRoute,
  vcs: Vcs,
  drifted: readonly Drift[],
  call: { signal?: AbortSignal },
): Promise<Drift[]> {
  const { repository, base = 'main' } = compiled.route
  const open = await vcs.findPullRequests(repository, { state: 'open', base }, call)
  const documents = open.filter(({ marker }) => marker?.kind === 'document')
  const left = new Map(drifted.map((drift) => [drift, drift]))
  for (const { head, url } of documents) {
    const waiting = [...left.values()].filter(({ kind }) => kind !== 'pending')
    if (waiting.length === 0) break
    const { files } = await vcs.readFiles(repository, { ref: head, paths: waiting.map(({ path }) => path) }, call)
    for (const drift of waiting) {
      const said = compare(compiled, drift.deployed, files[drift.path]?.content ?? null)
      if (said === null) left.set(drift, { ...drift, kind: 'pending', pullRequest: url })
    }
  }
  return [...left.values()]
}

function pathOf(
  compiled: CompiledRoute,
  { app, environment, variant, revision, project = 'default' }: DeployedNow,
): string {
  return filePathOf(compiled, { app, environment, variant, revision, config: null }, project)
}

/** Null where the file says just what runs. */
function compare(
  { route }: CompiledRoute,
  { revision, config }: DeployedNow,
  content: string | null,
): Pick<Drift, 'kind' | 'documented'> | null {
  if (content === null) return { kind: 'missing', documented: null }
  const file = readDeploymentFile(content)
  if ('problem' in file) return { kind: 'unreadable', documented: null }
  if (String(file.revision) !== String(revision)) return { kind: 'revision', documented: file.revision }
  if (config === undefined) return null
  const shown = shownConfig(routeRedactor(route, undefined).value(config), route)
  return diffConfig(file.config, shown, { text: false }).equal ? null : { kind: 'config', documented: file.revision }
}
