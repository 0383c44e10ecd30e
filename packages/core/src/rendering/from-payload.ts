import type { Change, ConfigDiff } from '../config-diff/change.ts'
import { type Path, parsePath } from '../config-diff/path.ts'
import type { JsonValue } from '../json.ts'

/** Reads the wire shape, also in hosts' own variants: `[old, new]` for `{ old, new }`, keys that are no paths of ours. */
export function fromPayload(payload: object): ConfigDiff {
  const { added, modified, removed, moved } = payload as Record<string, unknown>
  const changes: Change[] = []
  for (const [key, after] of entries(added)) changes.push({ kind: 'added', path: pathOf(key), after })
  for (const [key, pair] of entries(modified)) {
    const [before, after] = sides(pair)
    const secret = (pair as { secret_changed?: unknown } | null)?.secret_changed === true
    changes.push({ kind: 'modified', path: pathOf(key), before, after, ...(secret ? { secretChanged: true } : {}) })
  }
  for (const [key, before] of entries(removed)) changes.push({ kind: 'removed', path: pathOf(key), before })
  for (const [key, move] of entries(moved)) {
    const from = typeof move === 'object' && move !== null && !Array.isArray(move) ? move.from : move
    changes.push({ kind: 'moved', path: pathOf(key), from: pathOf(typeof from === 'string' ? from : '') })
  }
  return { equal: changes.length === 0, changes }
}

function entries(section: unknown): [string, JsonValue][] {
  return typeof section === 'object' && section !== null ? (Object.entries(section) as [string, JsonValue][]) : []
}

function sides(pair: JsonValue): [JsonValue, JsonValue] {
  if (Array.isArray(pair)) return [pair[0] ?? null, pair[1] ?? null]
  if (typeof pair !== 'object' || pair === null) return [null, pair]
  return [pair.old ?? pair.before ?? null, pair.new ?? pair.after ?? null]
}

function pathOf(key: string): Path {
  try {
    return parsePath(key)
  } catch {
    return [key]
  }
}
