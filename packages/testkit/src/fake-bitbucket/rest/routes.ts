import { conversationRoutes } from './conversation-routes.ts'
import { pullRequestRoutes } from './pull-request-routes.ts'
import { repositoryRoutes } from './repository-routes.ts'
import type { Route } from './route.ts'
import { settingRoutes } from './setting-routes.ts'

const ROUTES: readonly Route[] = [...repositoryRoutes, ...pullRequestRoutes, ...conversationRoutes, ...settingRoutes]

export interface FoundRoute {
  route: Route
  parameters: Record<string, string>
}

/** The route of a path below `/2.0`. */
export function findRoute(method: string, path: string): FoundRoute | null {
  for (const route of ROUTES) {
    if (route.method !== method) continue
    const parameters = match(route.template, path.replace(/\/$/, ''))
    if (parameters !== null) return { route, parameters }
  }
  return null
}

function match(template: string, path: string): Record<string, string> | null {
  const names = [...template.matchAll(/\{([a-z_]+)(\+?)\}/g)]
  const pattern = template.replace(/\{[a-z_]+(\+?)\}/g, (_, greedy: string) => (greedy === '+' ? '(.+)' : '([^/]+)'))
  const values = new RegExp(`^${pattern}$`).exec(path)
  if (values === null) return null
  try {
    return Object.fromEntries(names.map(([, name = ''], n) => [name, decodeURIComponent(values[n + 1] ?? '')]))
  } catch {
    return null
  }
}
