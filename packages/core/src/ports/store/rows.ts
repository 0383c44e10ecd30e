import type { JsonValue } from '../../json.ts'

// What is configured: endpoints, subscriptions, integrations.

export interface Row {
  id: string
  project: string
  /** 1 at creation; each `put` carries the stored version + 1. */
  version: number
  createdAt: number
  updatedAt: number
}

export interface Rows<T extends Row> {
  get(id: string, project?: string): Promise<T | null>
  /** By creation, oldest first. */
  list(filter?: { project?: string }): Promise<T[]>
  /** False when the stored version is not `row.version - 1`: somebody was first. */
  put(row: T): Promise<boolean>
  /** False when there is none, or when its version is not the one that is named. */
  remove(id: string, project?: string, version?: number): Promise<boolean>
  /**
   * `get` and `list` for whoever asks with every event. What is changed through this store shows at once, what others
   * change within a second. The rows are shared: not to be changed.
   */
  readonly recent?: RecentRows<T>
}

export interface RecentRows<T extends Row> {
  get(id: string, project?: string): Promise<T | null>
  list(filter?: { project?: string }): Promise<readonly T[]>
}

export interface EndpointRow extends Row {
  name: string | null
  description: string | null
  url: string
  /** Types to send; `*` and `pull_request.*` match many. */
  events: string[]
  enabled: boolean
  disabledReason: string | null
  /** Sealed, newest first. One past `expiresAt` is no longer used. */
  secrets: { sealed: string; createdAt: number; expiresAt: number | null }[]
  /** Everything else an endpoint can be told, as JSON. */
  settings: JsonValue
}

/** What a handler listens to, for planning. The id is the handler's full name, `plugin/handler`. */
export interface SubscriptionRow extends Row {
  on: string[]
  key: string[] | null
  supersede: boolean
  needs: string[]
}

/** A tenant's own connection to a repository. */
export interface IntegrationRow extends Row {
  name: string | null
  /** The adapter's name, such as `github`. */
  vcs: string
  baseUrl: string | null
  repository: string
  base: string | null
  sealedCredential: string
  credentialCreatedAt: number
  /** When it ends, where the forge told as it was saved. */
  credentialExpiresAt?: number | null
  /** It is renewed by itself: its age says nothing. */
  credentialRenews?: boolean
  enabled: boolean
  /** When it was last switched on again. Absent: it was on from the start, or never since. */
  enabledAt?: number
  /** The rules of a route, as JSON: `when`, `labels`, `reviewers`, … */
  rules: JsonValue
}
