import { randomBytes } from 'node:crypto'
import type { Project, User } from './entities.ts'

export type TokenScope = 'api' | 'read_api' | 'read_user' | 'read_repository' | 'write_repository'

export interface Token {
  id: number
  value: string
  kind: 'personal' | 'oauth'
  user: User
  scopes: readonly TokenScope[]
  /** Milliseconds since the epoch. */
  expiresAt: number | null
  revoked: boolean
  /** Of its one minute: requests so far, and when it began. */
  window: { from: number; used: number }
}

/** Everything one fake GitLab holds. */
export interface World {
  now(): number
  /** Address of the instance, with the path it is installed under. */
  webUrl: string
  directory: string
  users: Map<string, User>
  projects: Map<string, Project>
  tokens: Map<string, Token>
  /** Requests a minute and token; null: no limit and no headers. */
  rateLimit: number | null
  /** What no real GitLab would have understood. Tests assert that it is empty. */
  violations: string[]
  nextId(): number
}

export function emptyWorld(options: Pick<World, 'now' | 'webUrl' | 'directory' | 'rateLimit'>): World {
  let last = 100
  return {
    ...options,
    users: new Map(),
    projects: new Map(),
    tokens: new Map(),
    violations: [],
    nextId: () => ++last,
  }
}

/** By number or by path, as `:id` of a route has it. */
export function findProject(world: World, id: string): Project | undefined {
  if (!/^\d+$/.test(id)) return world.projects.get(id.toLowerCase())
  return [...world.projects.values()].find((project) => project.id === Number(id))
}

/** Put together at run time, so that no scanner takes a test for a leak. */
export function tokenValue(kind: Token['kind']): string {
  const secret = randomBytes(15).toString('hex')
  return kind === 'personal' ? ['glpat', secret].join('-') : secret
}

export function isoTime(milliseconds: number): string {
  return new Date(milliseconds).toISOString()
}
