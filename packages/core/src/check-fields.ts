import { PullwrightError } from './errors.ts'

/** Answers what a value must be, where it is not; null where it fits. */
export type FieldCheck = (value: unknown) => string | null

/** A check for each member. */
export type FieldChecks<T> = { readonly [Name in keyof T]-?: FieldCheck }

/**
 * Holds what a caller gave to what there is, for those whom no type warns: a misspelt filter would list everything.
 * Throws `invalid-argument` that names the member.
 */
export function checkFields<T extends object>(
  what: string,
  given: T,
  checks: FieldChecks<T>,
  required: readonly (keyof T)[] = [],
): void {
  checkNames(what, given, checks)
  for (const name of Object.keys(checks) as (keyof T & string)[]) {
    const value = given[name]
    const wanted = value === undefined && !required.includes(name) ? null : checks[name](value)
    if (wanted !== null) throw new PullwrightError('invalid-argument', `${what}: \`${name}\` must be ${wanted}`)
  }
}

/** The names alone. Throws `invalid-argument` with those there are. */
export function checkNames(what: string, given: object, known: object): void {
  if (typeof given !== 'object' || given === null || Array.isArray(given)) {
    throw new PullwrightError(
      'invalid-argument',
      `${what}: must be given an object such as \`{ ${firstOf(known)}: … }\``,
    )
  }
  for (const name of Object.keys(given)) {
    if (Object.hasOwn(known, name)) continue
    const all = Object.keys(known).join(', ')
    throw new PullwrightError('invalid-argument', `${what}: there is no ${JSON.stringify(name)}; there is: ${all}`)
  }
}

export const aText: FieldCheck = (value) => (typeof value === 'string' ? null : 'a text')

export const texts: FieldCheck = (value) => (isTexts(value) ? null : 'a list of texts')

export const textOrTexts: FieldCheck = (value) => (aText(value) && texts(value) ? 'a text or a list of texts' : null)

export const textByName: FieldCheck = (value) =>
  typeof value === 'object' && value !== null && !Array.isArray(value) && isTexts(Object.values(value))
    ? null
    : "an object whose values are texts, such as `{ environment: 'production' }`"

export const milliseconds: FieldCheck = (value) => (Number.isFinite(value) ? null : 'milliseconds since the epoch')

export const wholeNumber: FieldCheck = (value) =>
  Number.isSafeInteger(value) && (value as number) >= 0 ? null : 'a whole number of at least 0'

/** One of these names. */
export function oneOf(known: readonly string[]): FieldCheck {
  return (value) => (known.includes(value as string) ? null : `one of ${known.join(', ')}`)
}

/** A list of these names. */
export function someOf(known: readonly string[]): FieldCheck {
  return (value) =>
    Array.isArray(value) && value.every((one) => known.includes(one)) ? null : `a list of any of ${known.join(', ')}`
}

/** One of these names, or a list of them. */
export function oneOrSomeOf(known: readonly string[]): FieldCheck {
  return (value) =>
    oneOf(known)(value) && someOf(known)(value) ? `one of ${known.join(', ')}, or a list of them` : null
}

function isTexts(value: unknown): value is string[] {
  return Array.isArray(value) && value.every((one) => typeof one === 'string')
}

function firstOf(known: object): string {
  return Object.keys(known)[0] ?? ''
}
