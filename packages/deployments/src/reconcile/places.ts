import type { IntegrationRow, Vcs, VcsLookup } from '@pullwright/core'
import { integrationRoutes } from '../integration-route.ts'
import type { CompiledRoute } from '../route.ts'

/** Where Git documents something, and how it is reached. */
export interface Place {
  compiled: CompiledRoute
  /** A tenant's integration speaks for its own project alone; null: for those that the route names. */
  project: string | null
  vcs(): Vcs | Promise<Vcs>
}

/** Routes in code, and every integration that is enabled. */
export function placesOf(routes: readonly CompiledRoute[], rows: readonly IntegrationRow[], vcs: VcsLookup): Place[] {
  return [
    ...routes.map((compiled) => ({ compiled, project: null, vcs: () => vcs(compiled.route.vcs) })),
    ...integrationRoutes(rows).good.map(({ row, compiled }) => ({
      compiled,
      project: row.project,
      vcs: () => vcs(row),
    })),
  ]
}

/** One for each branch of a repository: several routes may lead into it. */
export function branchesOf(places: readonly Place[]): Place[] {
  const byBranch = new Map(places.toReversed().map((place) => [branchKey(place), place]))
  return [...byBranch.values()]
}

export function branchKey({ compiled: { host, route } }: Place): string {
  return `${host}/${route.repository.toLowerCase()}#${route.base ?? 'main'}`
}
