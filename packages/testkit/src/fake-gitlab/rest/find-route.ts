import type { Handler } from './call.ts'
import { accountRoutes } from './routes/account-routes.ts'
import { deliveryRoutes } from './routes/delivery-routes.ts'
import { issueRoutes } from './routes/issue-routes.ts'
import { mergeRequestRoutes } from './routes/merge-request-routes.ts'
import { repositoryRoutes } from './routes/repository-routes.ts'

export interface Route {
  method: string
  template: string
  pattern: RegExp
  names: string[]
  handler: Handler
}

const ROUTES: readonly Route[] = Object.entries({
  ...accountRoutes,
  ...repositoryRoutes,
  ...mergeRequestRoutes,
  ...deliveryRoutes,
  ...issueRoutes,
}).map(([key, handler]) => compile(key, handler))

/** The route of a request below `/api/v4`, or null. */
export function findRoute(method: string, path: string): { route: Route; params: Record<string, string> } | null {
  for (const route of ROUTES) {
    const match = route.method === method ? route.pattern.exec(path) : null
    if (match === null) continue
    const values = route.names.map((name, index) => [name, decode(match[index + 1] ?? '')])
    return { route, params: Object.fromEntries(values) }
  }
  return null
}

/** A parameter ends at a slash: whatever holds one is sent encoded, as GitLab asks. */
function compile(key: string, handler: Handler): Route {
  const [method = '', template = ''] = key.split(' ')
  const names = [...template.matchAll(/:(\w+)/g)].map((match) => match[1] ?? '')
  const pattern = new RegExp(`^${template.replace(/:\w+/g, '([^/]+)')}/?$`)
  return { method, template, pattern, names, handler }
}

function decode(part: string): string {
  try {
    return decodeURIComponent(part)
  } catch {
    return part
  }
}
