import type { RestHandler } from './rest-call.ts'
import { accountRoutes } from './routes/account-routes.ts'
import { appRoutes } from './routes/app-routes.ts'
import { appSetupRoutes } from './routes/app-setup-routes.ts'
import { checkRoutes } from './routes/check-routes.ts'
import { contentsRoutes } from './routes/contents-routes.ts'
import { deploymentRoutes } from './routes/deployment-routes.ts'
import { gitRoutes } from './routes/git-routes.ts'
import { issueListRoutes } from './routes/issue-list-routes.ts'
import { issueRoutes } from './routes/issue-routes.ts'
import { objectRoutes } from './routes/object-routes.ts'
import { pullRequestRoutes } from './routes/pull-request-routes.ts'
import { statusRoutes } from './routes/status-routes.ts'

export interface Route {
  method: string
  /** As the OpenAPI document writes it. */
  template: string
  pattern: RegExp
  names: string[]
  handler: RestHandler
}

/** Parameters that may hold slashes. */
const WIDE = new Set(['path', 'ref', 'branch', 'basehead'])

const ROUTES: readonly Route[] = Object.entries({
  ...accountRoutes,
  ...gitRoutes,
  ...contentsRoutes,
  ...objectRoutes,
  ...pullRequestRoutes,
  ...issueRoutes,
  ...statusRoutes,
  ...checkRoutes,
  ...deploymentRoutes,
  ...issueListRoutes,
  ...appRoutes,
  ...appSetupRoutes,
})
  .map(([key, handler]) => compile(key, handler))
  .sort((a, b) => b.template.length - a.template.length)

/** Every route, such as `GET /repos/{owner}/{repo}`. */
export function routeKeys(): string[] {
  return ROUTES.map(({ method, template }) => `${method} ${template}`)
}

/** The route of a request, or null. The more of it is fixed text, the better it fits. */
export function findRoute(method: string, path: string): { route: Route; params: Record<string, string> } | null {
  for (const route of ROUTES) {
    if (route.method !== method) continue
    const match = route.pattern.exec(path)
    if (match === null) continue
    const values = route.names.map((name, index) => [name, decode(match[index + 1] ?? '')])
    return { route, params: Object.fromEntries(values) }
  }
  return null
}

function compile(key: string, handler: RestHandler): Route {
  const [method = '', template = ''] = key.split(' ')
  const names = [...template.matchAll(/\{(\w+)\}/g)].map((match) => match[1] ?? '')
  const source = template
    .replace(/[.$]/g, '\\$&')
    .replace(/\{(\w+)\}/g, (_, name) => (WIDE.has(name) ? '(.+)' : '([^/]+)'))
  return { method, template, pattern: new RegExp(`^${source}/?$`), names, handler }
}

function decode(part: string): string {
  try {
    return decodeURIComponent(part)
  } catch {
    return part
  }
}
