import type { JsonValue } from '@pullwright/core'
import type { Route } from '../route.ts'

export type Revision = string | number

/** One app in one environment. */
export interface Place {
  project: string
  app: string
  environment: string
}

/** What Git asks the host to deploy. */
export interface DeployRequest extends Place {
  revision: Revision
  /** Null where the file does not tell. */
  variant: string | null
  /** What must run now; the host checks it once more where it can. Null: nothing ran, or it is not known. */
  expectedCurrentRevision: Revision | null
  /** Who merged or labelled, by the forge's user name. */
  requestedBy: string | null
  /** User names of those who approved. */
  approvals: string[]
  pullRequest: { vcs: string; repository: string; number: number; url: string }
  /** The same on every attempt: a host that keeps it deploys once. */
  idempotencyKey: string
}

/**
 * `succeeded` (the default) and `failed` are final; after `pending` the host emits `deployment.succeeded` or
 * `deployment.failed` itself, with this `deployment_id`.
 */
export interface DeployAnswer {
  status?: 'succeeded' | 'failed' | 'pending'
  message?: string
  deploymentId?: string
  url?: string
}

/** A configuration that was edited in Git, to become a revision of the host's. */
export interface ConfigEdit extends Place {
  variant: string | null
  /** The revision it was made from. */
  baseRevision: Revision
  /** Raw: secrets that the file does not show are in it as they were. */
  config: JsonValue
  message: string
  author: string | null
  idempotencyKey: string
}

/** Which files of which repository speak for which deployments: as a route of `deploymentPullRequests`. */
export type GitOpsRoute = Pick<
  Route,
  'vcs' | 'repository' | 'base' | 'when' | 'path' | 'format' | 'include' | 'redact' | 'pseudonymise'
>

export interface GitOpsOptions {
  /** Routes in code. Integrations that tenants make at run time are matched beside them, each for its own project. */
  routes?: GitOpsRoute[]
  /** The one of `deploymentPullRequests`, where that has one. */
  pseudonymKey?: string
  /**
   * Deploys a revision. Runs as a durable task: it may be called again with the same `idempotencyKey` after a crash. Throw
   * to have it tried again; answer `failed` where that would not help.
   */
  deploy(
    request: DeployRequest,
    call: { signal: AbortSignal },
  ): Promise<DeployAnswer | undefined> | DeployAnswer | undefined
  /** What runs now; null where nothing does. Without it a stale request is only seen by the host. */
  currentRevision?(place: Place, call: { signal: AbortSignal }): Promise<Revision | null> | Revision | null
  /** The raw configuration that runs now. Needed, with `commitRevision`, for files that are edited in Git. */
  readConfig?(
    place: Place,
    call: { signal: AbortSignal },
  ): Promise<{ config: JsonValue; revision: Revision } | null> | { config: JsonValue; revision: Revision } | null
  /** Makes a new revision, and answers what it is called. */
  commitRevision?(
    edit: ConfigEdit,
    call: { signal: AbortSignal },
  ): Promise<{ revision: Revision }> | { revision: Revision }
  /** Labels of the form `deploy:<environment>` ask for a deployment there. Default `deploy:`; `false`: labels ask for nothing. */
  labelPrefix?: string | false
}
