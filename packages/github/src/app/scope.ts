import type { CallUse } from '../authorization.ts'

export type Permissions = Readonly<Record<string, string>>

/** What reading takes, of all that Pullwright reads. Names as apps have them: docs.github.com/rest/apps/apps. */
const READ = ['checks', 'contents', 'deployments', 'issues', 'members', 'metadata', 'pull_requests', 'statuses']
/** A pull request is a branch, a commit and the request itself; one of them alone serves nothing. */
const PULL_REQUEST = ['contents', 'pull_requests', 'workflows']

const RANK: Readonly<Record<string, number>> = { read: 1, write: 2, admin: 3 }

export function allows(granted: Permissions, permission: string, level: string): boolean {
  return (RANK[granted[permission] ?? ''] ?? 0) >= (RANK[level] ?? 0)
}

/**
 * The permissions a token gets for such a call: everything at `read`, and at `write` only what the call writes. What the
 * installation was not granted is left out, so that GitHub names it when the call is made.
 */
export function permissionsFor({ needs = [], writes }: CallUse, granted: Permissions): Record<string, string> {
  const named = needs.flatMap((need) => (need.endsWith('=write') ? [need.slice(0, -'=write'.length)] : []))
  const whole = named.length === 0 || named.some((one) => PULL_REQUEST.includes(one))
  const written = writes ? [...named, ...(whole ? PULL_REQUEST : [])] : []
  const asked: [string, string][] = [
    ...READ.map((one): [string, string] => [one, 'read']),
    ...written.map((one): [string, string] => [one, 'write']),
  ]
  return Object.fromEntries(asked.filter(([name, level]) => allows(granted, name, level)))
}
