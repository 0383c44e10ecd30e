import type { IntegrationRow } from '@pullwright/core'
import { type CompiledRoute, compileRoute, type Route } from './route.ts'

export const INTEGRATION = 'integration:'

/** A tenant's integration as a route: from here on both are treated alike. */
export function integrationRoute(row: IntegrationRow): CompiledRoute {
  const rules = row.rules as unknown as Omit<Route, 'vcs' | 'repository' | 'base'>
  const route: Route = {
    ...rules,
    vcs: row.vcs,
    repository: row.repository,
    ...(row.base === null ? {} : { base: row.base }),
  }
  const compiled = compileRoute(route, `integration ${row.id}`)
  return { ...compiled, id: `${INTEGRATION}${row.id}`, host: row.baseUrl ?? row.vcs }
}
