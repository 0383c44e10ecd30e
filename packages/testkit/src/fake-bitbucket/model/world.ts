import { randomUUID } from 'node:crypto'
import type { Account, Repository } from './entities.ts'

export interface Token {
  value: string
  /** Basic with a user name, Basic with an e-mail address, Bearer. */
  kind: 'app-password' | 'api-token' | 'access-token'
  account: Account
  scopes: Set<string>
  /** Full names in lower case an access token is for; null: whatever its account may see. */
  repositories: Set<string> | null
  expiresAt: number | null
  revoked: boolean
  /** Requests of the hour that runs. */
  used: number
  resetAt: number
}

export interface World {
  now(): number
  nextId(): number
  directory: string
  apiUrl: string
  webUrl: string
  hourlyLimit: number
  /** By lower-case nickname. */
  accounts: Map<string, Account>
  /** Workspace to the uuids of its members. */
  workspaces: Map<string, Set<string>>
  /** By lower-case `workspace/slug`. */
  repositories: Map<string, Repository>
  tokens: Map<string, Token>
  /** What a merge does: at once, or by a task that must be asked after. */
  merging: { asynchronous: boolean; pendingLooks: number }
  violations: string[]
}

export function emptyWorld(basis: { now(): number; directory: string; webUrl: string; hourlyLimit: number }): World {
  let last = 1000
  return {
    ...basis,
    nextId: () => ++last,
    apiUrl: '',
    accounts: new Map(),
    workspaces: new Map(),
    repositories: new Map(),
    tokens: new Map(),
    merging: { asynchronous: false, pendingLooks: 0 },
    violations: [],
  }
}

export function ensureAccount(world: World, nickname: string, type: Account['type'] = 'user'): Account {
  const known = world.accounts.get(nickname.toLowerCase())
  if (known !== undefined) return known
  const made: Account = {
    uuid: `{${randomUUID()}}`,
    accountId: `557058:${randomUUID()}`,
    nickname,
    displayName: nickname,
    email: `${nickname.toLowerCase()}@example.com`,
    type,
  }
  world.accounts.set(nickname.toLowerCase(), made)
  return made
}

export function findAccount(world: World, { uuid, account_id }: { uuid?: unknown; account_id?: unknown }) {
  return [...world.accounts.values()].find((one) => one.uuid === uuid || one.accountId === account_id) ?? null
}

export function fullName({ workspace, slug }: Pick<Repository, 'workspace' | 'slug'>): string {
  return `${workspace}/${slug}`
}
