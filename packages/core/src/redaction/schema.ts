/** Keywords of JSON Schema that describe a value without being one. */
const DESCRIBING = [
  '$ref',
  'anyOf',
  'oneOf',
  'allOf',
  'enum',
  'const',
  'properties',
  'items',
  'format',
  'pattern',
  'minLength',
]
const TYPES = new Set(['string', 'number', 'integer', 'boolean', 'object', 'array', 'null'])

/** Keys under which the keys are names of parameters, not of values. */
export const SCHEMA_MAPS: ReadonlySet<string> = new Set(['properties', 'patternProperties', '$defs', 'definitions'])

/** Keywords of JSON Schema that hold a value: a secret parameter's own may be one. */
export const SCHEMA_VALUES: ReadonlySet<string> = new Set(['default', 'const', 'example', 'examples', 'enum'])

/** A tool's parameter called `api_key` is described, not given. */
export function looksLikeSchema(value: unknown): boolean {
  if (typeof value !== 'object' || value === null || Array.isArray(value)) return false
  const { type } = value as { type?: unknown }
  if (typeof type === 'string' ? TYPES.has(type) : Array.isArray(type)) return true
  return DESCRIBING.some((keyword) => Object.hasOwn(value, keyword))
}

const LONGEST_TEXT = 4_000
const TYPE_IN_TEXT = /"type\\*"\s*:\s*\\*"(?:string|integer|number|boolean|object|array|null)\\*"/
const VALUE_IN_TEXT = /"(?:value\\*"|(?:default|const|examples?|enum)\\*"\s*:\s*\[?\s*\\*"[^"\\])/

/** The same of an object of JSON inside a text, also escaped: `{"type": "string", …}` that names no value. */
export function isSchemaText(text: string, start: number, end: number): boolean {
  if (text[start] !== '{' || end - start > LONGEST_TEXT) return false
  const inside = text.slice(start, end)
  return TYPE_IN_TEXT.test(inside) && !VALUE_IN_TEXT.test(inside)
}
