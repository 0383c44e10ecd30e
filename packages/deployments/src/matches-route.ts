import type { Route } from './route.ts'

/** Whether a deployment is one of the route's. */
export function matchesRoute(
  route: Pick<Route, 'when'>,
  deployment: { project: string; app: string; environment: string },
): boolean {
  const { project, app, environment } = route.when ?? {}
  return fits(project, deployment.project) && fits(app, deployment.app) && fits(environment, deployment.environment)
}

/** Whether a name is among those asked for; nothing asked is everything. */
export function fits(asked: string | readonly string[] | undefined, name: string): boolean {
  if (asked === undefined) return true
  return (typeof asked === 'string' ? [asked] : asked).some((pattern) => fitsPattern(pattern, name))
}

/** `*` stands for any run of characters. Linear: each part is looked for once, from left to right. */
function fitsPattern(pattern: string, name: string): boolean {
  const [first = '', ...rest] = pattern.split('*')
  const last = rest.pop()
  if (last === undefined) return pattern === name
  if (!name.startsWith(first) || name.length < first.length + last.length || !name.endsWith(last)) return false
  let at = first.length
  const end = name.length - last.length
  for (const part of rest) {
    const found = name.indexOf(part, at)
    if (found < 0 || found + part.length > end) return false
    at = found + part.length
  }
  return true
}
