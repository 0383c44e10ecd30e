/** Names as fine-grained tokens and apps have them: https://docs.github.com/rest/authentication/permissions-required-for-fine-grained-personal-access-tokens */
export type PermissionName =
  | 'administration'
  | 'checks'
  | 'contents'
  | 'deployments'
  | 'issues'
  | 'members'
  | 'metadata'
  | 'pull_requests'
  | 'statuses'
  | 'workflows'

export type PermissionLevel = 'read' | 'write' | 'none'
export type Permissions = Partial<Record<PermissionName, PermissionLevel>>

/** What a new token may do when nothing is said. Fine-grained tokens cannot have `checks`; apps can. */
export const DEFAULT_PERMISSIONS: Permissions = {
  contents: 'write',
  deployments: 'write',
  issues: 'write',
  members: 'read',
  metadata: 'read',
  pull_requests: 'write',
  statuses: 'write',
}

const RANK: Record<PermissionLevel, number> = { none: 0, read: 1, write: 2 }

export function grants(permissions: Permissions, name: PermissionName, level: PermissionLevel): boolean {
  return RANK[permissions[name] ?? 'none'] >= RANK[level]
}
