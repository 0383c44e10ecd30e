import { randomUUID } from 'node:crypto'
import type { JsonObject } from '@pullwright/core'

/** One configuration of one variant, never changed once it is there. */
export interface AgentaRevision {
  id: string
  slug: string
  /** A number, written as text. */
  version: string
  app: { id: string; slug: string }
  variant: { id: string; slug: string }
  parameters: JsonObject
  message: string | null
  author: string
  /** ISO 8601. */
  date: string
}

export interface NewAgentaRevision {
  app: string
  /** Default `default`. */
  variant?: string
  parameters: JsonObject
  message?: string
  author?: string
}

/** What one commit did to an environment. Applications are keyed by slug. */
export interface EnvironmentCommit {
  environment: { id: string; slug: string; variantId: string; revisionId: string; version: string }
  state: Record<string, AgentaRevision>
  created: Record<string, { new: AgentaRevision }>
  updated: Record<string, { old: AgentaRevision; new: AgentaRevision }>
  deleted: Record<string, { old: AgentaRevision }>
}

export interface AgentaState {
  readonly revisions: readonly AgentaRevision[]
  commitRevision(revision: NewAgentaRevision): AgentaRevision
  commitEnvironment(slug: string, deploy: readonly AgentaRevision[], remove: readonly string[]): EnvironmentCommit
  /** What runs in an environment now, by application; null where there is no such environment. */
  deployed(environment: { id?: string; slug?: string }): ReadonlyMap<string, AgentaRevision> | null
}

interface Environment {
  id: string
  slug: string
  variantId: string
  version: number
  deployed: Map<string, AgentaRevision>
}

/** Applications with their variants and revisions, and environments that point to them. */
export function agentaState(now: () => number): AgentaState {
  const revisions: AgentaRevision[] = []
  const environments = new Map<string, Environment>()
  const ids = new Map<string, string>()

  return {
    revisions,
    commitRevision({ app, variant = 'default', parameters, message, author }) {
      const siblings = revisions.filter((one) => one.app.slug === app && one.variant.slug === variant)
      const revision: AgentaRevision = {
        id: randomUUID(),
        slug: shortSlug(),
        version: String(siblings.length + 1),
        app: { id: idOf(app), slug: app },
        variant: { id: idOf(`${app}/${variant}`), slug: variant },
        parameters: structuredClone(parameters),
        message: message ?? null,
        author: author ?? '019315dc-0000-7000-8000-000000000001',
        date: new Date(now()).toISOString(),
      }
      revisions.push(revision)
      return revision
    },
    commitEnvironment(slug, deploy, remove) {
      const environment = environments.get(slug) ?? newEnvironment(slug)
      environments.set(slug, environment)
      const before = new Map(environment.deployed)
      for (const revision of deploy) environment.deployed.set(revision.app.slug, revision)
      for (const app of remove) environment.deployed.delete(app)
      environment.version += 1
      const { id, variantId, version } = environment
      return {
        environment: { id, slug, variantId, revisionId: randomUUID(), version: String(version) },
        state: Object.fromEntries(environment.deployed),
        ...difference(before, environment.deployed),
      }
    },
    deployed({ id, slug }) {
      const found = [...environments.values()].find((one) => one.id === id || one.slug === slug)
      return found?.deployed ?? null
    },
  }

  function newEnvironment(slug: string): Environment {
    return { id: idOf(`environment/${slug}`), slug, variantId: randomUUID(), version: 0, deployed: new Map() }
  }

  function idOf(name: string): string {
    const id = ids.get(name) ?? randomUUID()
    ids.set(name, id)
    return id
  }
}

function difference(before: ReadonlyMap<string, AgentaRevision>, after: ReadonlyMap<string, AgentaRevision>) {
  const changes: Pick<EnvironmentCommit, 'created' | 'updated' | 'deleted'> = { created: {}, updated: {}, deleted: {} }
  for (const [app, revision] of after) {
    const old = before.get(app)
    if (old === undefined) changes.created[app] = { new: revision }
    else if (old.id !== revision.id) changes.updated[app] = { old, new: revision }
  }
  for (const [app, old] of before) {
    if (!after.has(app)) changes.deleted[app] = { old }
  }
  return changes
}

function shortSlug(): string {
  return randomUUID().slice(-12)
}
