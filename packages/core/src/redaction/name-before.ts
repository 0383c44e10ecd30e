import type { KeyBefore } from './key-before.ts'

/** How far a name may stand before its value. */
const REACH = 200
const VALUE = 'value'
const PAIR =
  /(?<![\w-])(?:name|key|variable|header)\\*["']?\s{0,8}[:=]\s{0,8}\\*["']?([\w.$-]{1,128})\\*["']?[\s,;]{1,40}\\*["']?$/i

/**
 * What a value is called where name and value stand side by side in text: `{"name": "API_KEY", "value": "…"}`, also escaped,
 * `<input name="api_key" value="…">`, `- name: API_KEY` over `value: …`. Null where the separator is after anything else.
 */
export function nameBefore(text: string, separator: number): KeyBefore | null {
  let end = separator
  while (separator - end < 3 && (text[end - 1] === ' ' || text[end - 1] === '\t')) end--
  const quoted = text[end - 1] === '"' || text[end - 1] === "'"
  if (quoted) end--
  while (quoted && text[end - 1] === '\\') end--
  const start = end - VALUE.length
  if (start < 0 || text.slice(start, end).toLowerCase() !== VALUE) return null
  const name = PAIR.exec(text.slice(Math.max(0, start - REACH), start))?.[1]
  return name === undefined ? null : { name, start, quoted }
}
