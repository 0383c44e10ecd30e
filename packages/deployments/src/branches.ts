import { createHash } from 'node:crypto'
import type { CompiledRoute, RouteValues } from './route.ts'

/**
 * The branch of each route that a deployment met. What more than one deployment may claim is told apart by a suffix
 * after `+`, which no value can put into a branch:
 *
 * - the project, where it is not `default` and the template does not name it, so that no tenant writes over another's
 *   pull request;
 * - a digest of the route, where several come to one branch of one repository. The one with the default path keeps the
 *   branch as it is, JSON before YAML, else the one whose id comes first: whatever order the routes stand in.
 */
export function assignBranches(
  met: readonly CompiledRoute[],
  project: string,
  valuesFor: (route: CompiledRoute) => RouteValues,
): Map<CompiledRoute, string> {
  const claims = new Map<string, { compiled: CompiledRoute; branch: string }[]>()
  for (const compiled of met) {
    const branch = projectBranch(compiled, project, valuesFor(compiled))
    const key = keyOf(compiled, branch)
    claims.set(key, [...(claims.get(key) ?? []), { compiled, branch }])
  }
  const assigned = [...claims.values()].flatMap((claim) => {
    const [first, ...others] = claim.toSorted((a, b) => compare(a.compiled, b.compiled))
    return [...(first ? [first] : []), ...others.map(withSuffix)]
  })
  return new Map(assigned.map(({ compiled, branch }) => [compiled, branch]))
}

/** Where a pull request stands: the same repository on another host is another one. Forges do not mind its case. */
export function keyOf({ host, route }: CompiledRoute, branch: string): string {
  return JSON.stringify([host, route.repository.toLowerCase(), branch])
}

function projectBranch(compiled: CompiledRoute, project: string, values: RouteValues): string {
  const branch = compiled.branch(values)
  if (project === 'default' || compiled.namesProject) return branch
  // What looks like a route's digest is closed by another `+`, so that it can be none.
  return `${branch}+${values.project}${/^[0-9a-f]{6}$/.test(values.project) ? '+' : ''}`
}

function withSuffix({ compiled, branch }: { compiled: CompiledRoute; branch: string }) {
  return { compiled, branch: `${branch}+${createHash('sha256').update(compiled.id).digest('hex').slice(0, 6)}` }
}

function compare(a: CompiledRoute, b: CompiledRoute): number {
  return rank(a) - rank(b) || (a.id < b.id ? -1 : a.id > b.id ? 1 : 0)
}

function rank({ defaultPath, format }: CompiledRoute): number {
  if (!defaultPath) return 2
  return format === 'json' ? 0 : 1
}
