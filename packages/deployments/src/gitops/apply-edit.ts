import {
  applyDiff,
  type Change,
  diffConfig,
  formatPath,
  type JsonObject,
  type JsonValue,
  type Path,
} from '@pullwright/core'
import { hides } from './hides.ts'

export type AppliedEdit = { config: JsonValue; changed: boolean } | { blocked: string }

export interface EditFacts {
  /** What a file shows of a configuration: the part that may be seen, with secrets and people hidden. */
  shownOf: (config: JsonValue) => JsonValue
  /** What the file showed before it was edited; absent where that is not known. */
  before?: JsonValue
  /** The file names people by pseudonyms. */
  pseudonyms?: boolean
}

/**
 * A file's edits, applied to the raw configuration, which keeps all that was not touched. An edit that touches a hidden
 * value is blocked: what is hidden cannot be compared, and neither a mask nor a pseudonym is ever taken for a value. So is
 * one of a place where the file did not show what runs.
 */
export function applyEdit(
  raw: JsonValue,
  edited: JsonValue,
  { shownOf, before, pseudonyms = false }: EditFacts,
): AppliedEdit {
  const shown = shownOf(raw)
  const base = before === undefined ? shown : before
  const hidden = hiddenTexts(raw, shown)
  const stale = diffConfig(base, shown, { text: false }).changes
  const diff = diffConfig(base, edited, { text: false })
  for (const change of diff.changes) {
    const at = formatPath(change.path) || 'The configuration'
    if (touchesHidden(change, hidden, pseudonyms)) {
      return { blocked: `${at} holds a hidden value: change it in the host, not in Git` }
    }
    if (stale.some(({ path }) => overlap(path, change.path))) {
      return { blocked: `${at} is not what runs now: take over what runs, then edit it anew` }
    }
  }
  try {
    return { config: applyDiff(raw, diff) as JsonValue, changed: !diff.equal }
  } catch (error) {
    return { blocked: `The edit does not fit what runs now: ${error instanceof Error ? error.message : String(error)}` }
  }
}

/** The texts that are shown where something else is. */
function hiddenTexts(raw: JsonValue | undefined, shown: JsonValue): Set<string> {
  const texts = new Set<string>()
  const open: [JsonValue | undefined, JsonValue][] = [[raw, shown]]
  for (let next = open.pop(); next !== undefined; next = open.pop()) {
    const [real, seen] = next
    if (typeof seen === 'string') {
      if (seen !== real) texts.add(seen)
    } else if (typeof seen === 'object' && seen !== null) {
      const inside = (typeof real === 'object' ? real : {}) as JsonObject
      for (const [key, value] of Object.entries(seen)) open.push([inside?.[key], value])
    }
  }
  return texts
}

function touchesHidden({ before, after }: Change, hidden: ReadonlySet<string>, pseudonyms: boolean): boolean {
  const texts = [before, after].flatMap((value) => (value === undefined ? [] : textsIn(value)))
  return texts.some((text) => hidden.has(text) || hides(text, { pseudonymise: pseudonyms }))
}

/** Every text in a value, its keys among them. */
function textsIn(value: JsonValue): string[] {
  const texts: string[] = []
  const open: JsonValue[] = [value]
  for (let next = open.pop(); next !== undefined; next = open.pop()) {
    if (typeof next === 'string') texts.push(next)
    else if (typeof next === 'object' && next !== null) {
      if (!Array.isArray(next)) texts.push(...Object.keys(next))
      open.push(...Object.values(next))
    }
  }
  return texts
}

/** One of them is the other, or within it. */
function overlap(one: Path, other: Path): boolean {
  const length = Math.min(one.length, other.length)
  return one.slice(0, length).every((part, index) => part === other[index])
}
