import type { BodyInput, QueryInput, ResponseOf } from '../http-api/admin/contract.ts'
import type { OPERATIONS, OperationId } from '../http-api/operations.ts'

export interface ClientOptions {
  /** Where Pullwright is mounted, such as `https://app.example.com/pullwright`. */
  baseUrl: string
  /** What the host's `authorize` reads, such as `{ authorization: 'Bearer …' }`; a function is asked for every request. */
  headers?: Headers | (() => Headers | Promise<Headers>)
  /** Default: the global one. */
  fetch?: (url: string, init: RequestInit) => Promise<Response>
}

type Headers = Readonly<Record<string, string>>

export interface CallOptions {
  signal?: AbortSignal
  /** The same request with the same key is done once; the first answer is given again. */
  idempotencyKey?: string
  /** Only while this is the version; `*`: whatever is there. Else `version-mismatch`. */
  version?: number | '*'
}

/** The first page when awaited, every item when iterated. */
export interface Pages<Page extends { data: readonly unknown[] }> extends PromiseLike<Page> {
  [Symbol.asyncIterator](): AsyncIterator<Page['data'][number]>
}

/** A method for every operation, such as `client.endpoints.create(draft)`. Members are named as on the wire. */
export type Client = {
  readonly [Resource in ResourceName]: {
    readonly [Verb in VerbOf<Resource>]: Method<Extract<`${Resource}.${Verb}`, OperationId>>
  }
}

export type Method<Id extends OperationId> = (...given: Arguments<Id>) => Answer<Id>

type ResourceName = OperationId extends `${infer Resource}.${string}` ? Resource : never
type VerbOf<Resource extends string> =
  Extract<OperationId, `${Resource}.${string}`> extends `${Resource}.${infer Verb}` ? Verb : never

type Table = typeof OPERATIONS

type Arguments<Id extends OperationId> = [...IdOf<Id>, ...BodyArgument<Id>, ...QueryArgument<Id>, ...OptionsOf<Id>]

type IdOf<Id extends OperationId> = Table[Id]['path'] extends `${string}{id}${string}` ? [id: string] : []

type BodyArgument<Id extends OperationId> = [BodyInput<Id>] extends [never]
  ? []
  : undefined extends BodyInput<Id>
    ? [body?: BodyInput<Id>]
    : [body: BodyInput<Id>]

type QueryArgument<Id extends OperationId> = [QueryInput<Id>] extends [never] ? [] : [query?: QueryInput<Id>]

type OptionsOf<Id extends OperationId> = Table[Id] extends { match: 'required' }
  ? [options: CallOptions & { version: number | '*' }]
  : [options?: CallOptions]

type Answer<Id extends OperationId> =
  ResponseOf<Id> extends { data: readonly unknown[]; next_cursor: string | null }
    ? Pages<ResponseOf<Id>>
    : Promise<ResponseOf<Id>>
