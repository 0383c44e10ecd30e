import type { Detector } from '../detector.ts'

/** Name, literals separated by spaces, pattern from the literal on, where the shape is documented, what stands before. */
export type TokenRow = readonly [
  name: string,
  literals: string,
  pattern: RegExp,
  source: string,
  before?: Detector['before'],
]

export function fromRow([name, literals, pattern, source, before]: TokenRow): Detector {
  return { name, literals: literals.split(' '), pattern, source, ...(before === undefined ? {} : { before }) }
}
