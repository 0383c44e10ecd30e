import { PullwrightError } from '../errors.ts'

/** Control characters and halves of surrogate pairs: databases and headers refuse them, and nobody can see them. */
const UNFIT = /[\p{Cc}\p{Cs}]/u

/** A name that a host gives: a text of 1 to `longest` characters that every store can keep. Throws `invalid-argument`. */
export function checkName(what: string, value: unknown, longest = 500): string {
  if (typeof value !== 'string' || value === '' || value.length > longest) {
    throw new PullwrightError('invalid-argument', `\`${what}\` must be a text of 1 to ${longest} characters`)
  }
  if (UNFIT.test(value)) {
    throw new PullwrightError(
      'invalid-argument',
      `\`${what}\` must not contain control characters or halves of surrogate pairs; encode it first`,
    )
  }
  return value
}

/** The tenant a call is for. What is bound by `as()` cannot be left. */
export function projectOf(asked: string | undefined, bound: string | undefined): string {
  if (asked === '*') {
    throw new PullwrightError('invalid-argument', '`project` must name one project, and not "*"')
  }
  if (asked !== undefined) checkName('project', asked, 200)
  if (bound !== undefined && asked !== undefined && asked !== bound) {
    throw new PullwrightError(
      'invalid-argument',
      `This Pullwright is bound to another project; call as({ project }) first`,
    )
  }
  return bound ?? asked ?? 'default'
}
