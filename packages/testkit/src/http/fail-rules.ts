import type { FakeAnswer, FakeResponse } from './fake-server.ts'

/** What a rule looks at. `operations` are the names a request goes by: a GraphQL operation and its root fields. */
export interface FailSubject {
  method: string
  path: string
  operations: readonly string[]
}

export interface FailMatch {
  method?: string
  /** The whole path as sent, or a pattern over it. */
  path?: string | RegExp
  /** A GraphQL operation's name or one of its root fields, such as `createCommitOnBranch`. */
  operation?: string
}

/**
 * A fault to play. The first rule that matches and has `times` left wins. Give one of `status`, `graphqlErrors`,
 * `reset`, `hangMs`; with none of them the request goes on as usual (after `delayMs`).
 */
export interface FailRule<Request extends FailSubject = FailSubject> {
  /** Default: every request; with `field`, every one that has it. */
  match?: FailMatch | ((request: Request) => boolean)
  /** How often. Default: always, until removed. */
  times?: number
  /** Let so many matching requests pass first. Default 0. */
  after?: number
  status?: number
  headers?: Record<string, string>
  body?: unknown
  /** Answer 200 with these `errors` and `data: null`. With `field`, only that root field fails and the others run. */
  graphqlErrors?: readonly Record<string, unknown>[]
  /** The GraphQL root field that fails, by its name in the schema. */
  field?: string
  /** Drop the connection. */
  reset?: true
  /** Keep the connection open without an answer for so long, then drop it. */
  hangMs?: number
  /** Wait before anything else. */
  delayMs?: number
  /** Do the work first, and only then fail: the client cannot know. */
  afterEffect?: true
}

export interface FailHandle {
  /** How often the rule has been played. */
  readonly hits: number
  remove(): void
}

export interface FailRules<Request extends FailSubject> {
  add(rule: FailRule<Request>): FailHandle
  /** The rule for this request, counted as played. */
  take(request: Request): FailRule<Request> | null
}

export function failRules<Request extends FailSubject>(): FailRules<Request> {
  const rules: { rule: FailRule<Request>; seen: number; hits: number }[] = []
  return {
    add(rule) {
      const entry = { rule, seen: 0, hits: 0 }
      rules.push(entry)
      return {
        get hits() {
          return entry.hits
        },
        remove: () => {
          const at = rules.indexOf(entry)
          if (at >= 0) rules.splice(at, 1)
        },
      }
    },
    take(request) {
      for (const entry of rules) {
        if (entry.hits >= (entry.rule.times ?? Number.POSITIVE_INFINITY)) continue
        if (!matches(entry.rule, request)) continue
        entry.seen++
        if (entry.seen <= (entry.rule.after ?? 0)) continue
        entry.hits++
        return entry.rule
      }
      return null
    },
  }
}

/** Plays a rule around the real work. `work` is called unless the rule answers in its place. */
export async function play(
  rule: FailRule<never> | null,
  work: () => Promise<FakeResponse>,
  signal: AbortSignal,
): Promise<FakeAnswer> {
  if (rule === null) return work()
  if (rule.delayMs !== undefined) await pause(rule.delayMs, signal)
  if (!replaces(rule)) return work()
  const real = rule.afterEffect === true ? await work() : null
  if (rule.hangMs !== undefined) await pause(rule.hangMs, signal)
  if (rule.reset === true || rule.hangMs !== undefined) return 'reset'
  const headers = { ...real?.headers, ...rule.headers }
  if (rule.graphqlErrors !== undefined) {
    return { status: rule.status ?? 200, headers, body: { data: null, errors: rule.graphqlErrors } }
  }
  return { status: rule.status ?? 500, headers, body: rule.body ?? { message: 'Server Error' } }
}

/** Whether the rule answers for the whole request, and not for one root field of it. */
function replaces(rule: FailRule<never>): boolean {
  if (rule.field !== undefined) return false
  return [rule.status, rule.graphqlErrors, rule.reset, rule.hangMs].some((part) => part !== undefined)
}

function matches<Request extends FailSubject>({ match, field }: FailRule<Request>, request: Request): boolean {
  if (field !== undefined && !request.operations.includes(field)) return false
  if (match === undefined) return true
  if (typeof match === 'function') return match(request)
  if (match.method !== undefined && match.method.toUpperCase() !== request.method) return false
  if (typeof match.path === 'string' && match.path !== request.path) return false
  if (match.path instanceof RegExp && !match.path.test(request.path)) return false
  return match.operation === undefined || request.operations.includes(match.operation)
}

/** Ends early when the client has gone. */
function pause(milliseconds: number, signal: AbortSignal): Promise<void> {
  return new Promise((resolve) => {
    const timer = setTimeout(resolve, milliseconds)
    signal.addEventListener('abort', () => {
      clearTimeout(timer)
      resolve()
    })
  })
}
