import type { JsonObject } from '../../json.ts'
import type { Caller } from '../../ports/caller.ts'
import type { AdminSurface, PullwrightHttp } from '../http-port.ts'
import type { OPERATIONS, OperationId } from '../operations.ts'
import type { BodyOf, QueryOf } from './contract.ts'

/** One request of the admin API, checked. */
export interface Call<Id extends OperationId> {
  http: PullwrightHttp
  /** Null where the operation asks nobody. */
  caller: IfAsked<Id, Caller>
  /** What the caller's project has. */
  surface: IfAsked<Id, AdminSurface>
  /** Of the path; empty where it names none. */
  id: string
  query: QueryOf<Id>
  body: BodyOf<Id>
  /** What `If-Match` names; of a list, the one that is there. */
  version: number | undefined
  openapi: () => JsonObject
}

type IfAsked<Id extends OperationId, T> = (typeof OPERATIONS)[Id]['access'] extends 'public' ? null : T

export interface Reply {
  /** In our own names: they are put into those of the wire, and checked. */
  body?: unknown
  /** In place of it, as it goes out. */
  raw?: unknown
  /** Default: the operation's. */
  status?: number
  headers?: Record<string, string>
}

export type Handlers<Ids extends OperationId> = { [Id in Ids]: (call: Call<Id>) => Reply | Promise<Reply> }

/** The operations of one resource. */
export type Of<Resource extends string> = Extract<OperationId, `${Resource}.${string}`>
