export interface Route {
  method: string
  /** Segments; one that begins with `:` is a parameter. */
  path: string
  /** Also found below a prefix nobody told us about. */
  anywhere: boolean
  handle(request: Request, context: RouteContext): Promise<Response>
}

export interface RouteContext {
  native: unknown
  params: Readonly<Record<string, string>>
}

export interface Router {
  /** The routes at a path, whatever their method, with its parameters; null where there is none. */
  find(pathname: string): { routes: Route[]; params: Record<string, string> } | null
}

/**
 * Matches by whole segments; a slash at the end does not matter. With `basePath`, only below it. Without, routes marked
 * `anywhere` also match the end of a longer path, because a host often mounts a handler without saying where.
 */
export function createRouter(routes: readonly Route[], basePath?: string): Router {
  const base = basePath === undefined ? null : segmentsOf(basePath)
  const table = routes.map((route) => ({ route, pattern: segmentsOf(route.path) }))

  return {
    find(pathname) {
      const path = below(segmentsOf(pathname), base ?? [])
      if (path === null) return null
      const exact = collect(table, path, (pattern) => pattern.length === path.length)
      if (exact !== null || base !== null) return exact
      return collect(table, path, (pattern, route) => route.anywhere && pattern.length < path.length)
    },
  }
}

type Table = { route: Route; pattern: string[] }[]

function collect(table: Table, path: string[], eligible: (pattern: string[], route: Route) => boolean) {
  const routes: Route[] = []
  let params: Record<string, string> = {}
  for (const { route, pattern } of table) {
    if (!eligible(pattern, route)) continue
    const matched = match(pattern, path.slice(path.length - pattern.length))
    if (matched === null) continue
    routes.push(route)
    params = matched
  }
  return routes.length === 0 ? null : { routes: spelledOut(routes), params }
}

/** Of ours, a path that is spelled out is no id: `/endpoints/test` has its own methods and no others. */
function spelledOut(routes: Route[]): Route[] {
  const named = ({ path, anywhere }: Route) => anywhere && path.includes('/:')
  return routes.some((route) => route.anywhere && !named(route)) ? routes.filter((route) => !named(route)) : routes
}

function match(pattern: string[], path: string[]): Record<string, string> | null {
  const params: Record<string, string> = {}
  for (const [index, expected] of pattern.entries()) {
    const actual = path[index]
    if (actual === undefined) return null
    if (expected.startsWith(':')) params[expected.slice(1)] = decoded(actual)
    else if (expected !== actual) return null
  }
  return params
}

function below(path: string[], base: string[]): string[] | null {
  return base.every((segment, index) => path[index] === segment) ? path.slice(base.length) : null
}

function segmentsOf(path: string): string[] {
  return path.split('/').filter((segment) => segment !== '')
}

/** A broken escape names nothing we have. */
function decoded(segment: string): string {
  try {
    return decodeURIComponent(segment)
  } catch {
    return segment
  }
}
