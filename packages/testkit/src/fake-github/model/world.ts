import { type KeyObject, type KeyPairKeyObjectResult, randomBytes } from 'node:crypto'
import type {
  Account,
  CheckRun,
  Deployment,
  DeploymentStatus,
  Issue,
  IssueComment,
  Label,
  PullRequest,
  Repository,
  Review,
  Status,
  Team,
} from './entities.ts'
import type { Permissions } from './permissions.ts'

export type Node =
  | Account
  | Team
  | Repository
  | Label
  | PullRequest
  | Review
  | IssueComment
  | Status
  | CheckRun
  | Deployment
  | DeploymentStatus
  | Issue

export interface Token {
  value: string
  kind: 'fine-grained' | 'classic' | 'installation'
  account: Account
  permissions: Permissions
  /** `owner/name` in lower case, or all. */
  repositories: ReadonlySet<string> | 'all'
  expiresAt: number | null
  revoked: boolean
  /** Of an App's installation. */
  installation?: Installation
}

export interface Installation {
  id: number
  account: Account
  permissions: Permissions
  /** `owner/name` in lower case, or all of the account's. */
  repositories: ReadonlySet<string> | 'all'
  /** Milliseconds since the epoch; null: at work. */
  suspendedAt: number | null
  updatedAt: number
}

/** A GitHub App, as far as it signs in and is installed. */
export interface App {
  id: number
  slug: string
  publicKey: KeyObject
  bot: Account
  installations: Installation[]
  owner: Account
  permissions: Permissions
  events: string[]
  webhookSecret: string
  clientId: string
  clientSecret: string
  /** Oldest first. */
  deliveries: HookDelivery[]
  /** Asked for again, and not sent yet. */
  redeliveries: HookDelivery[]
}

/** One try to deliver a webhook of an app. */
export interface HookDelivery {
  id: number
  guid: string
  at: number
  /** HTTP status of the answer. */
  status: number
  redelivery: boolean
  installation: Installation
  sent: { headers: Record<string, string>; body: string }
}

/** A one-time code that GitHub sent a browser away with. */
export type BrowserCode =
  | { kind: 'manifest'; app: App; privateKey: string; endsAt: number }
  /** What the person who signed in may see. */
  | { kind: 'sign-in'; app: App; installations: ReadonlySet<number>; endsAt: number }

export interface RateBucket {
  limit: number
  used: number
  /** Milliseconds since the epoch. */
  resetAt: number
}

/** Everything one fake GitHub holds. */
export interface World {
  now(): number
  /** Web address, such as `https://github.com`. */
  webUrl: string
  apiUrl: string
  directory: string
  accounts: Map<string, Account>
  repositories: Map<string, Repository>
  tokens: Map<string, Token>
  apps: Map<number, App>
  codes: Map<string, BrowserCode>
  /** Tokens of people who signed in through an app. */
  signedIn: Map<string, { app: App; installations: ReadonlySet<number> }>
  nodes: Map<string, Node>
  /** By token value and resource. */
  buckets: Map<string, RateBucket>
  /** What GitHub's own documents do not allow, or the fake does not know. Tests assert that it is empty. */
  violations: string[]
  /** How many reads of a pull request answer `UNKNOWN` after a push. */
  unknownReads: number
  /** Of the next app. */
  appKey(): KeyPairKeyObjectResult
  nextId(): number
}

/** Prefixes of GitHub's global ids, by kind. */
const PREFIX: Record<Node['kind'], string> = {
  User: 'U',
  Organization: 'O',
  Bot: 'BOT',
  Team: 'T',
  Repository: 'R',
  Label: 'LA',
  PullRequest: 'PR',
  PullRequestReview: 'PRR',
  IssueComment: 'IC',
  StatusContext: 'SC',
  CheckRun: 'CR',
  Deployment: 'DE',
  DeploymentStatus: 'DS',
  Issue: 'I',
}

/** Gives a new thing its two ids and makes it findable by `node(id)`. */
export function register<T extends Node>(world: World, thing: Omit<T, 'id' | 'databaseId'>): T {
  const databaseId = world.nextId()
  const id = `${PREFIX[thing.kind]}_kwDO${Buffer.from(`fake${databaseId}`).toString('base64url')}`
  const node = Object.assign(thing, { id, databaseId }) as T
  world.nodes.set(id, node)
  return node
}

export function emptyWorld(options: Pick<World, 'now' | 'webUrl' | 'directory' | 'unknownReads' | 'appKey'>): World {
  let last = 1000
  return {
    ...options,
    apiUrl: '',
    accounts: new Map(),
    repositories: new Map(),
    tokens: new Map(),
    apps: new Map(),
    codes: new Map(),
    signedIn: new Map(),
    nodes: new Map(),
    buckets: new Map(),
    violations: [],
    nextId: () => ++last,
  }
}

export function findRepository(world: World, nameWithOwner: string): Repository | undefined {
  return world.repositories.get(nameWithOwner.toLowerCase())
}

export function findAccount(world: World, login: string): Account | undefined {
  return world.accounts.get(login.toLowerCase())
}

export function nameWithOwner(repository: Repository): string {
  return `${repository.owner.login}/${repository.name}`
}

const TOKEN_PREFIX: Record<Token['kind'], string[]> = {
  'fine-grained': ['github', 'pat', ''],
  classic: ['ghp', ''],
  installation: ['ghs', ''],
}

/** A random token that has the look of a real one. Those of installations are long, with dots: `ghs_<app>_<JWT>`. */
export function tokenValue(kind: Token['kind']): string {
  const prefix = TOKEN_PREFIX[kind].join('_')
  if (kind === 'fine-grained') return prefix + randomText(11) + ['', randomText(59)].join('_')
  if (kind === 'classic') return prefix + randomText(36)
  const header = Buffer.from('{"alg":"ES256","typ":"JWT"}').toString('base64url')
  return `${prefix}1001_${header}.${randomText(120)}.${randomText(86)}`
}

function randomText(length: number): string {
  return randomBytes(length).toString('hex').slice(0, length)
}
