import type { Change, ChangeKind, ConfigDiff } from '../config-diff/change.ts'
import { diffConfig } from '../config-diff/diff-config.ts'
import { formatPath, type Path, parsePath } from '../config-diff/path.ts'
import type { TextDiff } from '../config-diff/text-diff.ts'
import type { JsonValue } from '../json.ts'
import type { Redactor } from '../redaction/redactor.ts'
import type { RenderableDeployment } from './renderable-deployment.ts'

/** A change as it may be shown: redacted, with its path as text. */
export interface ChangeView {
  kind: ChangeKind
  path: string
  before: JsonValue
  after: JsonValue
  from: string
  text: TextDiff | undefined
}

export interface ChangeList {
  views: ChangeView[]
  /** False where the deployment says nothing about its configuration. */
  known: boolean
  removed: boolean
}

/** Whichever way the deployment tells what changed. All values pass the redactor, whether they came redacted or not. */
export function readChanges(deployment: RenderableDeployment, redactor: Redactor): ChangeList {
  const { config_diff, config, previous_config, removed } = deployment
  if (typeof config_diff === 'object' && config_diff !== null) {
    const diff = isDiff(config_diff) ? config_diff : fromPayload(config_diff)
    const views = redactor.diff(diff).changes.map(viewOf)
    return { views, known: true, removed: removed === true || config === null || diff.result !== undefined }
  }
  if (config === undefined && previous_config === undefined) {
    return { views: [], known: false, removed: removed === true }
  }
  const before = previous_config ?? undefined
  const after = config ?? undefined
  const views = redactor.diff(diffConfig(before, after), { before, after }).changes.map(viewOf)
  return { views, known: true, removed: removed === true || (after === undefined && before !== undefined) }
}

function isDiff(value: object): value is ConfigDiff {
  return 'changes' in value && Array.isArray(value.changes)
}

function viewOf({ kind, path, from, before = null, after = null, text }: Change): ChangeView {
  return { kind, path: formatPath(path), before, after, from: from === undefined ? '' : formatPath(from), text }
}

/** Reads the wire shape, also in hosts' own variants: `[old, new]` for `{ old, new }`, keys that are no paths of ours. */
function fromPayload(payload: object): ConfigDiff {
  const { added, modified, removed, moved } = payload as Record<string, unknown>
  const changes: Change[] = []
  for (const [key, after] of entries(added)) changes.push({ kind: 'added', path: pathOf(key), after })
  for (const [key, pair] of entries(modified)) {
    const [before, after] = sides(pair)
    changes.push({ kind: 'modified', path: pathOf(key), before, after })
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
