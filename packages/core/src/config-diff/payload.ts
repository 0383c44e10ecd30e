import type { JsonValue } from '../json.ts'
import type { ConfigDiff } from './change.ts'
import { formatPath } from './path.ts'

/** The diff as receivers of `environment.deployed` get it. Keys are paths, see `formatPath`; the whole is the empty key. */
export interface ConfigDiffPayload {
  added: Record<string, JsonValue>
  /** `secret_changed`: of two texts that hide secrets, one secret made room for another. */
  modified: Record<string, { old: JsonValue; new: JsonValue; secret_changed?: true }>
  removed: Record<string, JsonValue>
  /** Absent where nothing moved. A set whose members only stand in another order is one entry, under its own path. */
  moved?: Record<string, { from: string }>
}

/**
 * The wire shape; every change keeps a key of its own. Keys of `added`, `modified` and `moved` count in the new
 * configuration, those of `removed` and `from` in the old one: where one place lost an element and gained another, both
 * sections name it, each rightly.
 */
export function toConfigDiffPayload(diff: ConfigDiff): ConfigDiffPayload {
  const payload: ConfigDiffPayload = { added: {}, modified: {}, removed: {} }
  for (const { kind, path, from, before = null, after = null, secretChanged } of diff.changes) {
    const key = formatPath(path)
    if (kind === 'added') payload.added[key] = after
    else if (kind === 'removed') payload.removed[key] = before
    else if (kind === 'modified') {
      payload.modified[key] = { old: before, new: after, ...(secretChanged ? { secret_changed: true } : {}) }
    } else {
      payload.moved ??= {}
      payload.moved[key] = { from: formatPath(from ?? path) }
    }
  }
  return payload
}
