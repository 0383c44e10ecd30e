import { createHash } from 'node:crypto'
import type { JsonObject, JsonValue } from '@pullwright/core'

/** A deployment, as Pullwright's webhook tells of it. */
export interface Delivery {
  id: string
  app: string
  environment: string
  /** ISO 8601. */
  timestamp: string
  data: JsonObject
}

/** `ignored` for events of another kind; null for what is none of Pullwright's. */
export function readDelivery(id: string, body: string): Delivery | 'ignored' | null {
  const envelope = objectIn(body)
  if (envelope === null || typeof envelope.event !== 'string') return null
  if (envelope.event !== 'environment.deployed') return 'ignored'
  const { timestamp, data } = envelope
  if (typeof timestamp !== 'string' || Number.isNaN(Date.parse(timestamp)) || !isObject(data)) return null
  const { app_name: app, environment } = data
  if (typeof app !== 'string' || app === '' || typeof environment !== 'string' || environment === '') return null
  return { id, app, environment, timestamp, data }
}

/** The file that is committed. The whole configuration where the endpoint includes it, else what changed. */
export function fileOf({ timestamp, data }: Delivery): string {
  const { config, config_diff = null, variant_name = null, revision = null, deployed_by = null } = data
  const { url = null, deployment_id = null, commit_message = null } = data
  const file = {
    app_name: data.app_name,
    environment: data.environment,
    deployed_at: timestamp,
    deployed_by,
    variant: { name: variant_name, revision },
    ...(config === undefined ? { config_diff } : { config }),
    metadata: { url, deployment_id, commit_message },
  }
  return `${JSON.stringify(file, null, 2)}\n`
}

/** When what a file of ours documents was deployed, in milliseconds; 0 where that cannot be told. */
export function deployedAt(file: string | undefined): number {
  const at = objectIn(file ?? '')?.deployed_at
  return typeof at === 'string' ? Date.parse(at) || 0 : 0
}

/** A name as part of a path and of a branch. Where anything was replaced a hash keeps two names apart. */
export function segment(name: string): string {
  const safe = name
    .replace(/[^A-Za-z0-9_-]/g, '-')
    .replace(/^-+|-+$/g, '')
    .slice(0, 60)
  if (safe === name && safe !== '') return name
  return `${safe || 'x'}-${createHash('sha256').update(name).digest('hex').slice(0, 8)}`
}

function objectIn(body: string): JsonObject | null {
  try {
    const value: JsonValue = JSON.parse(body)
    return isObject(value) ? value : null
  } catch {
    return null
  }
}

function isObject(value: JsonValue | undefined): value is JsonObject {
  return typeof value === 'object' && value !== null && !Array.isArray(value)
}
