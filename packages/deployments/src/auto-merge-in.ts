import type { MergeMethod } from '@pullwright/core'
import { fits } from './matches-route.ts'
import type { Route } from './route.ts'

/**
 * What a route says of an environment. One that the list by environment does not name is merged by itself, but for those
 * that begin with `prod`, which are left to people.
 */
export function autoMergeIn(asked: Route['autoMerge'], environment: string): boolean | MergeMethod | undefined {
  if (typeof asked !== 'object') return asked
  if (Object.hasOwn(asked, environment)) return asked[environment]
  const [, found] = Object.entries(asked).find(([name]) => fits(name, environment)) ?? []
  return found ?? (isProduction(environment) ? undefined : true)
}

/** As forges and people call it: `production`, `prod`, `Prod-EU`. */
export function isProduction(environment: string): boolean {
  return /^prod/i.test(environment)
}
