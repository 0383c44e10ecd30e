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
