import type { JsonValue } from '../json.ts'
import type { Equality } from './equality.ts'
import { structuralHash } from './structural-hash.ts'

/** A crowd of different values under one hash is a made one: further ones count as unlike any. */
const MAX_CHAIN = 16

/** Numbers values so that equal ones, and only those, get the same number. */
export function createClassifier(equal: Equality): (value: JsonValue) => number {
  const scalars = new Map<JsonValue, number>()
  /** The first class with a hash; classes with the same one are chained. */
  const first = new Map<number, number>()
  const chain = new Map<number, number>()
  const examples: JsonValue[] = []
  const newClass = (value: JsonValue) => examples.push(value) - 1
  return (value) => {
    if ((typeof value !== 'object' && !Object.is(value, -0)) || value === null) {
      const known = scalars.get(value) ?? newClass(value)
      scalars.set(value, known)
      return known
    }
    const hash = structuralHash(value)
    const start = first.get(hash)
    let last: number | undefined
    let length = 0
    for (let id = start; id !== undefined; id = chain.get(id)) {
      if (equal(examples[id], value)) return id
      last = id
      length++
    }
    const id = newClass(value)
    if (last === undefined) first.set(hash, id)
    else if (length < MAX_CHAIN) chain.set(last, id)
    return id
  }
}
