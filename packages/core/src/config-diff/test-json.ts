import fc from 'fast-check'
import type { JsonValue } from '../json.ts'
import { setMember } from './set-member.ts'

const scalar: fc.Arbitrary<JsonValue> = fc.oneof(
  fc.constantFrom<JsonValue>(
    null,
    true,
    false,
    0,
    -0,
    1,
    '1',
    '',
    'null',
    '\u0000',
    '\ud800',
    'a\udc00b',
    'line\nline',
    '{"a":1,"b":[1,2]}',
    '{"b":[1,2], "a":1}',
    '[{"a":"1"},2]',
  ),
  fc.integer({ min: -3, max: 5 }),
  fc.double({ noNaN: true, noDefaultInfinity: true }),
  fc.string({ unit: 'binary', maxLength: 8 }),
  fc.lorem({ maxCount: 12 }),
)
const key = fc.oneof(
  fc.constantFrom(
    'a',
    'b',
    'id',
    'name',
    'role',
    'content',
    'tags',
    'stop',
    '__proto__',
    'constructor',
    '',
    '0',
    'a.b',
    '[0]',
    '\ud800',
  ),
  fc.string({ unit: 'binary', maxLength: 3 }),
)
const message: fc.Arbitrary<JsonValue> = fc
  .tuple(
    fc.constantFrom('system', 'user', 'assistant'),
    fc.oneof(fc.constantFrom('hi', 'You are helpful.'), fc.lorem({ maxCount: 8 })),
  )
  .map(([role, content]) => ({ role, content }))
const tool: fc.Arbitrary<JsonValue> = fc
  .tuple(fc.constantFrom('search', 'browse', 'run', 'ask'), fc.boolean())
  .map(([name, strict]) => ({ type: 'function', function: { name, strict } }))

/** JSON as hosts and enemies send it: few distinct scalars, so that elements repeat, and keys that are names elsewhere. */
export const anyJson: fc.Arbitrary<JsonValue> = fc.letrec<{ value: JsonValue }>((tie) => ({
  value: fc.oneof(
    { depthSize: 'small', withCrossShrink: true },
    scalar,
    fc.array(tie('value'), { maxLength: 7 }),
    fc.array(fc.oneof(message, tool, scalar), { maxLength: 8 }),
    fc.array(fc.tuple(key, tie('value')), { maxLength: 5 }).map((entries) => {
      const object: Record<string, JsonValue> = {}
      for (const [name, value] of entries) setMember(object, name, value)
      return object
    }),
  ),
})).value

/** Two configurations: unrelated, or the second an edit of the first: parts removed, put in, moved, replaced. */
export const configPair: fc.Arbitrary<[JsonValue | undefined, JsonValue | undefined]> = fc.oneof(
  fc.tuple(fc.option(anyJson, { nil: undefined }), fc.option(anyJson, { nil: undefined })),
  fc
    .tuple(anyJson, fc.array(fc.tuple(fc.nat(), fc.nat(), fc.nat(3), anyJson), { minLength: 1, maxLength: 4 }))
    .map(([value, edits]): [JsonValue, JsonValue] => [value, edits.reduce(editOnce, value)]),
)

function editOnce(value: JsonValue, [where, to, how, fresh]: [number, number, number, JsonValue]): JsonValue {
  if (typeof value !== 'object' || value === null) return fresh
  if (!Array.isArray(value)) return editObject(value, [where, to, how, fresh])
  const copy = value.slice()
  const at = where % (copy.length + 1)
  if (how === 0) copy.splice(at, 0, fresh)
  else if (how === 1) copy.splice(at, 1)
  else if (how === 2) copy.splice(to % (copy.length + 1), 0, ...copy.splice(at, 1))
  else if (copy[at] !== undefined) copy[at] = editOnce(copy[at], [to, where, (how + to) % 4, fresh])
  return copy
}

function editObject(
  value: Record<string, JsonValue>,
  [where, to, how, fresh]: [number, number, number, JsonValue],
): JsonValue {
  const names = Object.keys(value)
  const name = names[where % Math.max(1, names.length)]
  const copy: Record<string, JsonValue> = {}
  for (const each of names) {
    if (each === name && how === 1) continue
    const old = value[each] as JsonValue
    setMember(copy, each, each === name ? editOnce(old, [to, where, (how + to) % 4, fresh]) : old)
  }
  if (how === 0) setMember(copy, 'b', fresh)
  return copy
}

/** A value `depth` levels deep with `leaf` at the bottom. */
export function nested(depth: number, kind: 'object' | 'array' | 'mixed' | 'pair', leaf: JsonValue): JsonValue {
  let value = leaf
  for (let level = 0; level < depth; level++) {
    if (kind === 'pair') value = ['x', value]
    else if (kind === 'array' || (kind === 'mixed' && level % 2 === 0)) value = [value]
    else value = { a: value }
  }
  return value
}
