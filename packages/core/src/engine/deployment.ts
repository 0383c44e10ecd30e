import { createHmac } from 'node:crypto'
import { diffConfig, toConfigDiffPayload } from '../config-diff/index.ts'
import type { KeptPart, Redaction } from '../events/event.ts'
import { canonicalJson, type JsonObject, type JsonValue } from '../json.ts'
import type { DocumentRow, DocumentWrite } from '../ports/store.ts'
import type { Redactor } from '../redaction/redactor.ts'
import { diffFromSnapshot, type Snapshot } from './diff-from-snapshot.ts'

/** Collection of the last configuration seen, redacted, by app and environment. */
export const LAST_CONFIG = 'pullwright.last-config'

/** Only the wire shape is recorded: whoever shows it makes the line diffs. */
const NO_TEXT = { text: false }

export interface DeploymentData extends JsonObject {
  app_name: string
  variant_name: string
  environment: string
  revision: number | string
  config: JsonValue
}

export interface PreparedDeployment {
  /**
   * What is recorded: `config_diff` in place of the configs; `removed: true` where the application was taken out;
   * `outdated: true` where it happened before a deployment that is recorded already.
   */
  data: JsonObject
  redactions: Redaction[]
  /** Keyed hash: times, actor and deployment id do not count. */
  identity: string
  kept: Record<KeptPart, JsonValue>
  /** Remembers this configuration for the next deployment; null for one that is outdated. */
  snapshot: DocumentWrite | null
}

/** The key of the document that remembers an app's last configuration in an environment: a hash, as names may hold anything. */
export function snapshotKey({ app_name, environment }: DeploymentData, key: Buffer): string {
  return hmac(key, JSON.stringify([app_name, environment])).slice(0, 32)
}

export interface PrepareContext {
  project: string
  redactor: Redactor
  hashKey: Buffer
  /** As the host said; null where it did not: only such times tell which of two came first. */
  occurredAt: number | null
  at: number
}

/**
 * Diff, then redact: from a validated `environment.deployed` to what may be stored. The diff is made on raw values, so a
 * changed secret shows as changed and never as itself. Without a `previous_config` the last snapshot stands in: it is
 * redacted, so its secrets are compared by keyed fingerprint.
 */
export function prepareDeployment(
  input: DeploymentData,
  last: DocumentRow | null,
  context: PrepareContext,
): PreparedDeployment {
  const { config, previous_config: previous, removed: _removed, outdated: _outdated, ...rest } = input
  const { redactor, hashKey } = context
  const facts = redactor.valueWithReport(rest)
  const current = redactor.valueWithFingerprints(config, hashKey)
  const known = readSnapshot(last)
  const outdated = isOutdated(context.occurredAt, known)
  const before = previous === undefined ? (known?.config ?? null) : redactor.value(previous)
  const diff =
    previous === undefined
      ? diffFromSnapshot(known, current.value, current.fingerprints)
      : redactor.diff(diffConfig(previous ?? undefined, config ?? undefined, NO_TEXT), {
          before: previous,
          after: config,
        })
  return {
    data: {
      ...(facts.value as JsonObject),
      ...(config === null ? { removed: true } : {}),
      ...(outdated ? { outdated: true } : {}),
      config_diff: toConfigDiffPayload(diff) as unknown as JsonObject,
    },
    redactions: [...facts.redactions, ...under('config', current.redactions)],
    identity: identityOf(input, hashKey),
    kept: { config: current.value, previous_config: before },
    snapshot: outdated
      ? null
      : {
          project: context.project,
          collection: LAST_CONFIG,
          key: snapshotKey(input, hashKey),
          value: { config: current.value, fingerprints: current.fingerprints, occurredAt: context.occurredAt },
          expectedVersion: last?.version ?? 0,
          at: context.at,
        },
  }
}

function isOutdated(occurredAt: number | null, known: Snapshot | null): boolean {
  return occurredAt !== null && typeof known?.occurredAt === 'number' && occurredAt < known.occurredAt
}

function identityOf(input: DeploymentData, key: Buffer): string {
  const { app_name, environment, variant_name, revision, config } = input
  return hmac(key, canonicalJson([app_name, environment, variant_name, revision, config]))
}

function readSnapshot(row: DocumentRow | null): Snapshot | null {
  return row === null ? null : (row.value as unknown as Snapshot)
}

function under(prefix: string, redactions: readonly Redaction[]): Redaction[] {
  return redactions.map(({ path, detector }) => ({
    path: path === '' ? prefix : path.startsWith('[') ? prefix + path : `${prefix}.${path}`,
    detector,
  }))
}

function hmac(key: Buffer, text: string): string {
  return createHmac('sha256', key).update(text).digest('hex')
}
