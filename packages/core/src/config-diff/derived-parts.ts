import type { JsonValue } from '../json.ts'
import type { Change, ConfigDiff } from './change.ts'
import { parseJsonText } from './json-text.ts'
import { textDiff } from './text-diff.ts'

/** Characters from which a one-line string is worth a text diff; shorter ones read better side by side. */
const LONG_TEXT = 80

type Compare = (before: JsonValue, after: JsonValue) => ConfigDiff

/**
 * What follows from two strings: `json`, where both are JSON of an object or of a list, else `text`, where they are long
 * or of several lines.
 */
export function derivedParts(before: string, after: string, compare: Compare | null): Pick<Change, 'text' | 'json'> {
  const json = compare === null ? undefined : compareJson(before, after, compare)
  if (json !== undefined) return { json }
  return isLong(before) || isLong(after) ? { text: textDiff(before, after) } : {}
}

function compareJson(before: string, after: string, compare: Compare): ConfigDiff | undefined {
  const old = parseJsonText(before)
  const fresh = old === undefined ? undefined : parseJsonText(after)
  if (old === undefined || fresh === undefined || Array.isArray(old) !== Array.isArray(fresh)) return undefined
  return compare(old, fresh)
}

function isLong(text: string): boolean {
  return text.length > LONG_TEXT || text.includes('\n')
}
