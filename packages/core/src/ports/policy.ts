import type { EvaluationDiff } from '../config-diff/evaluation-diff.ts'
import type { ConfigDiffPayload } from '../config-diff/payload.ts'
import type { Redaction } from '../events/event.ts'
import type { JsonValue } from '../json.ts'
import type { RepositoryInspection } from './vcs.ts'
import type { Review } from './vcs-facets.ts'

/**
 * A rule for deployments, as code: what it is told to what it thinks of it. It asks nobody and changes nothing, so the
 * same deployment always gets the same answer; what it must look up goes into a callback of its own.
 */
export interface Policy {
  /** Lower case letters, digits and `-`; unique in one route. */
  readonly name: string
  /** What the rule asks for, in a few words that people read. Default: the name. */
  readonly title?: string
  /** Facts that cost requests and are fetched only where a policy asks: absent ones come as null or empty. */
  readonly needs?: readonly PolicyNeed[]
  check(input: PolicyInput): PolicyVerdict | Promise<PolicyVerdict>
}

/** With `reviews` the policy is judged again whenever somebody reviews the pull request. */
export type PolicyNeed = 'history' | 'reviews' | 'visibility'

/** A deployment as it is recorded: redacted. */
export interface PolicyDeployment {
  /** The id of its event; null for one that is only asked for. */
  readonly id: string | null
  readonly project: string
  readonly app: string
  readonly environment: string
  readonly variant: string
  readonly revision: string | number
  readonly previousRevision: string | number | null
  readonly commitMessage: string
  readonly deployedBy: PolicyActor
  /** Null where the application was removed. */
  readonly config: JsonValue
  /** As the host gave it; `evaluation` beside the deployment has its metrics. */
  readonly evaluation: JsonValue
  readonly url: string | null
  /** Milliseconds since the epoch. */
  readonly deployedAt: number
}

/** Whoever deployed; of a plain name only `name` is known. */
export interface PolicyActor {
  readonly id: string | null
  readonly email: string | null
  readonly name: string | null
}

export interface PastDeployment {
  /** The id of its event. */
  readonly id: string
  /** The host's own. */
  readonly deploymentId: string | null
  readonly variant: string
  readonly revision: string | number
  readonly deployedAt: number
}

export interface PolicyInput {
  readonly deployment: PolicyDeployment
  /** What changed; null where that is not known. */
  readonly diff: ConfigDiffPayload | null
  readonly evaluation: EvaluationDiff
  /** Where secrets were found and hidden. Paths begin with `config`, or with a member of the event. */
  readonly redactions: readonly Redaction[]
  /** Earlier deployments of the same app to the same environment, newest first. */
  readonly history: readonly PastDeployment[]
  readonly repository: { readonly name: string; readonly visibility: RepositoryInspection['visibility'] }
  /** Null before there is a pull request, and where the forge does not tell. */
  readonly reviews: readonly Review[] | null
  /** Milliseconds since the epoch. */
  readonly now: number
}

export type PolicyVerdict =
  | { readonly verdict: 'pass'; readonly reason?: string }
  /** `block` prevents auto-merge and asks for review; `warn` only tells. */
  | { readonly verdict: 'warn' | 'block'; readonly reason: string; readonly remarks?: readonly PolicyRemark[] }

/** What is wrong at one place of the configuration; becomes an annotation at its line. */
export interface PolicyRemark {
  /** Into the configuration, such as `llm_config.temperature`. */
  readonly path: string
  readonly message: string
}

export interface PolicyResult {
  readonly policy: string
  readonly title: string
  readonly verdict: 'pass' | 'warn' | 'block'
  readonly reason: string
  readonly remarks: readonly PolicyRemark[]
}
