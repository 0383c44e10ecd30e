import { createRedactor, type Redactor } from '@pullwright/core'
import type { Route } from './route.ts'

/** Hides what this route hides beyond the instance, and names people as it wants them named. */
export function routeRedactor(route: Route, pseudonymKey: string | undefined): Redactor {
  return createRedactor({
    keys: route.redact ?? [],
    ...(route.pseudonymise && pseudonymKey ? { pseudonymise: { key: pseudonymKey } } : {}),
  })
}
