import type { GraphQLError } from 'graphql'
import type { GitObject } from '../../git/object-reader.ts'
import type { GitCommit } from '../../git/parse-commit.ts'
import type { Session } from '../model/access.ts'
import type { Account, IssueComment, Label, PullRequest, Repository, Team } from '../model/entities.ts'
import type { World } from '../model/world.ts'

/** What resolvers get besides their arguments. */
export interface GraphContext {
  graph: Graph
  session: Session
  /** Errors beside data: GitHub answers a failed `createPullRequest` with a payload and an error. */
  extraErrors: GraphQLError[]
}

/**
 * An object of the schema as the executor walks it: plain values, or functions of the field's arguments. A field that
 * is not there is one that the fake does not model, and asking for it fails loudly.
 */
export type View = Record<string, unknown> & { __typename: string }

/** Every object of the schema knows others; they reach each other through here, so no file needs all the rest. */
export interface Views {
  account(account: Account): View
  team(team: Team): View
  repository(repository: Repository): View
  /** By full name, or a short one as GitHub takes it. */
  ref(repository: Repository, name: string): Promise<View | null>
  commit(repository: Repository, commit: GitCommit): View
  object(repository: Repository, object: GitObject | null): View | null
  pullRequest(pullRequest: PullRequest): View
  label(label: Label): View
  comment(comment: IssueComment): View
}

export interface Graph {
  world: World
  view: Views
}

export function iso(at: number): string
export function iso(at: number | null): string | null
export function iso(at: number | null): string | null {
  return at === null ? null : new Date(Math.floor(at / 1000) * 1000).toISOString().replace('.000Z', 'Z')
}
