import { createRedactor, PullwrightError, type Redactor } from '@pullwright/core'
import type { Route } from './route.ts'

/** Hides what this route hides beyond the instance, and names people as it wants them named. */
export function routeRedactor(route: Route, pseudonymKey: string | undefined): Redactor {
  const keys = route.redact ?? []
  if (!route.pseudonymise) return createRedactor({ keys })
  if (!pseudonymKey) throw new PullwrightError('invalid-argument', 'Pseudonyms need a key: give a `pseudonymKey`')
  return createRedactor({ keys, pseudonymise: { key: pseudonymKey } })
}
