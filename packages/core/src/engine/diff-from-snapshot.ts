import { type Change, type ConfigDiff, diffConfig, formatPath, type Path, parsePath } from '../config-diff/index.ts'
import type { JsonValue } from '../json.ts'
import type { Fingerprints } from '../redaction/redactor.ts'

/** What is remembered of the last deployment: its configuration, redacted, and what tells its secrets from others. */
export interface Snapshot {
  config: JsonValue
  fingerprints: Fingerprints
  occurredAt: number | null
}

/** Only the wire shape is recorded: whoever shows it makes the line diffs. */
const NO_TEXT = { text: false }

/**
 * Both sides are redacted. What differs only under its redaction is added, and a text that differs elsewhere too is
 * marked, by the fingerprints of the secrets in it. In doubt a secret is the same one.
 */
export function diffFromSnapshot(known: Snapshot | null, current: JsonValue, fingerprints: Fingerprints): ConfigDiff {
  const before = known?.config ?? undefined
  const diff = diffConfig(before, current ?? undefined, NO_TEXT)
  const hidden = Object.entries(fingerprints)
  if (before === undefined || known === null || hidden.length === 0) return diff
  const printsOf = createPrints(known, before)
  const changes = new Map(diff.changes.filter(({ kind }) => kind !== 'removed').map((one) => [placeOf(one), one]))
  const found: Change[] = []
  for (const [text, fresh] of hidden) {
    const path = parsePath(text)
    const change = changes.get(text)
    const shown = valueAt(current, path)
    if (change?.kind === 'modified') {
      if (isReplaced(printsOf(path, change.before).prints, fresh)) changes.set(text, { ...change, secretChanged: true })
    } else if (
      shown !== undefined &&
      ![...path.keys(), path.length].some((end) => isNew(changes.get(formatPath(path.slice(0, end)))))
    ) {
      const { prints, stays } = printsOf(path, shown)
      const replaced = stays ? prints.join() !== fresh.join() : isReplaced(prints, fresh)
      if (prints.length > 0 && replaced) found.push({ kind: 'modified', path, before: shown, after: shown })
    }
  }
  const marked = diff.changes.map((one) => (one.kind === 'modified' ? (changes.get(placeOf(one)) ?? one) : one))
  return { ...diff, equal: diff.equal && found.length === 0, changes: [...marked, ...found] }
}

function placeOf({ path }: Change): string {
  return formatPath(path)
}

/** Nothing below it was there before at a place of its own. */
function isNew(change: Change | undefined): boolean {
  return change?.kind === 'added' || change?.kind === 'modified'
}

/**
 * Secrets that were hidden in a text: at its place, where it stood there before, else wherever it did. An element that moved
 * keeps its text and not its place.
 */
function createPrints({ fingerprints }: Snapshot, before: JsonValue) {
  const byText = new Map<string, string[]>()
  for (const [path, prints] of Object.entries(fingerprints)) {
    const key = keyOf(valueAt(before, parsePath(path)))
    byText.set(key, [...(byText.get(key) ?? []), ...listOf(prints)])
  }
  return (path: Path, text: JsonValue | undefined) => {
    const stays = keyOf(valueAt(before, path)) === keyOf(text)
    return { stays, prints: stays ? listOf(fingerprints[formatPath(path)]) : (byText.get(keyOf(text)) ?? []) }
  }
}

/** Earlier versions remembered one text for each place, which cannot be compared. */
function listOf(prints: readonly string[] | undefined): readonly string[] {
  return Array.isArray(prints) ? prints : []
}

function isReplaced(old: readonly string[], fresh: readonly string[]): boolean {
  return old.some((print) => !fresh.includes(print)) && fresh.some((print) => !old.includes(print))
}

function keyOf(value: JsonValue | undefined): string {
  return value === undefined ? '' : JSON.stringify(value)
}

function valueAt(value: JsonValue, path: readonly (string | number)[]): JsonValue | undefined {
  let at: JsonValue | undefined = value
  for (const part of path) {
    if (typeof at !== 'object' || at === null || !Object.hasOwn(at, part)) return undefined
    at = (at as Record<string | number, JsonValue>)[part]
  }
  return at
}
