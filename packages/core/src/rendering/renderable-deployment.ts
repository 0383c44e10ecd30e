import type { ConfigDiff } from '../config-diff/change.ts'
import type { ConfigDiffPayload } from '../config-diff/payload.ts'
import type { JsonValue } from '../json.ts'

/**
 * What a pull request tells about: the data of a recorded `environment.deployed`, with the time beside it. Only what
 * is there is shown. A whole wire envelope or event record is taken as well.
 */
export interface RenderableDeployment {
  app_name?: string | null
  app_id?: string | null
  variant_name?: string | null
  variant_id?: string | null
  environment?: string | null
  revision?: number | string | null
  previous_revision?: number | string | null
  commit_message?: string | null
  deployed_by?: string | { user_id?: string | null; email?: string | null; name?: string | null } | null
  deployment_id?: string | null
  /** Where the deployment can be seen; `http` or `https`. */
  url?: string | null
  /** Results of an evaluation, in one of the shapes that `diffEvaluation` reads. */
  evaluation?: unknown
  /** The wire shape, or a diff. */
  config_diff?: ConfigDiffPayload | ConfigDiff | null
  /** Where there is no `config_diff`, these two are compared. `config: null`: the application was removed. */
  config?: JsonValue
  previous_config?: JsonValue
  /** Said outright that the application was removed. */
  removed?: boolean
  /** When it was deployed: ISO 8601, a `Date`, or milliseconds since the epoch. */
  timestamp?: string | number | Date | null
  [other: string]: unknown
}

/** The deployment's own data, out of an envelope or a record where it came in one, with the time in `timestamp`. */
export function unwrapDeployment(input: RenderableDeployment): RenderableDeployment {
  const { data } = input
  const wrapped = typeof data === 'object' && data !== null && input.app_name === undefined
  const inner = wrapped ? (data as RenderableDeployment) : input
  const time = inner.timestamp ?? inner.occurredAt ?? inner.deployed_at ?? input.timestamp ?? input.occurredAt
  return time === undefined ? inner : { ...inner, timestamp: time as string | number | Date | null }
}
