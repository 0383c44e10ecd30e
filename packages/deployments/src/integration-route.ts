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

/** Those that are enabled. A mistake in one of them holds up no other. */
export function integrationRoutes(rows: readonly IntegrationRow[]): {
  good: { row: IntegrationRow; compiled: CompiledRoute }[]
  broken: { row: IntegrationRow; reason: string }[]
} {
  const good: { row: IntegrationRow; compiled: CompiledRoute }[] = []
  const broken: { row: IntegrationRow; reason: string }[] = []
  for (const row of rows) {
    if (!row.enabled) continue
    try {
      good.push({ row, compiled: integrationRoute(row) })
    } catch (error) {
      broken.push({ row, reason: error instanceof Error ? error.message : String(error) })
    }
  }
  return { good, broken }
}
