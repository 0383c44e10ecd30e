import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { type FailHandle, type FailRule, type FailSubject, failRules, play } from '../http/fail-rules.ts'
import { startFakeServer } from '../http/fake-server.ts'
import { answer } from './answer.ts'
import { emptyWorld } from './model/world.ts'
import { findRoute } from './rest/routes.ts'
import { createState } from './state/create-state.ts'
import type { FakeBitbucketState } from './state/fake-bitbucket-state.ts'

export interface FakeBitbucketOptions {
  /** Where bare repositories go, as `<workspace>/<slug>.git`. Default: a temporary folder, removed by `close()`. */
  directory?: string
  /** Default: a free one. */
  port?: number
  clock?: { now(): number }
  /** Requests an hour for one token. Default 1,000. */
  hourlyLimit?: number
}

/** One request as it arrived, and how it was answered. Kept raw, token and all, so that tests can look for leaks. */
export interface BitbucketRequest extends FailSubject {
  /** As sent, without the query; still percent-encoded. */
  readonly path: string
  readonly query: Record<string, string>
  /** Lower case names, `authorization` included. */
  readonly headers: Record<string, string>
  /** The body as text. */
  readonly body: string
  /** `GET /repositories/{workspace}/{repo_slug}`, once it is routed. */
  readonly operations: readonly string[]
  /** Milliseconds since the epoch. */
  readonly at: number
  /** Null until it is answered, and for good where the connection was dropped. */
  status: number | null
}

export interface FakeBitbucket {
  /** Base of the REST API: `http://127.0.0.1:PORT/2.0`. */
  readonly url: string
  readonly state: FakeBitbucketState
  /** Every request so far, in the order of arrival. */
  readonly requests: BitbucketRequest[]
  /** What no real Bitbucket would have understood, in sentences. Tests assert that it is empty. */
  readonly violations: string[]
  /** Plays a fault on requests to come. */
  fail(rule: FailRule<BitbucketRequest>): FailHandle
  /** Stops the server, drops its connections, and removes the temporary folder it made. */
  close(): Promise<void>
}

/**
 * A Bitbucket Cloud for tests: REST 2.0 over HTTP on the loopback address, with real bare git repositories behind it.
 *
 *     const bitbucket = await fakeBitbucket()
 *     await bitbucket.state.createRepository({ workspace: 'acme', slug: 'prompts' })
 *     const token = bitbucket.state.createToken()
 *     // … let the code under test talk to bitbucket.url with that token …
 *     await bitbucket.close()
 *
 * How honest it is:
 * - `POST src` makes commits by git and moves branches by compare-and-swap: a stale `parents` is 409.
 * - A second pull request for the same branches changes the open one; `PUT` without reviewers clears them; a declined
 *   one stays declined; HTML comments are stripped from what is stored.
 * - Tokens have scopes, some imply others, and 403 names what was required and what was granted. 1,000 requests an hour.
 * - Fields that Bitbucket's API description does not know are sentences in `violations`. No package carries that
 *   description as a schema, so types and answers are not held against it.
 * - Not known, and therefore the fake's own words or choice: the text of 409, the 304 of a commit that changes nothing,
 *   the 400 of deleting a file that is not there.
 *
 * What it does not model: forks, snippets, projects, pipelines, inline comments, pull request activity, commits of rebasing strategies one by one, and branch restrictions that hold pushes.
 */
export async function fakeBitbucket(options: FakeBitbucketOptions = {}): Promise<FakeBitbucket> {
  const clock = options.clock ?? Date
  const directory = options.directory ?? (await mkdtemp(join(tmpdir(), 'fake-bitbucket-')))
  const world = emptyWorld({ now: () => clock.now(), directory, webUrl: '', hourlyLimit: options.hourlyLimit ?? 1000 })
  const requests: BitbucketRequest[] = []
  const rules = failRules<BitbucketRequest>()
  const server = await startFakeServer(async (request, signal) => {
    const route = request.path.startsWith('/2.0') ? findRoute(request.method, request.path.slice('/2.0'.length)) : null
    const record: BitbucketRequest = {
      method: request.method,
      path: request.path,
      query: Object.fromEntries(request.query),
      headers: request.headers,
      body: request.body.toString('utf8'),
      operations: route === null ? [] : [`${route.route.method} ${route.route.template}`],
      at: world.now(),
      status: null,
    }
    requests.push(record)
    const response = await play(rules.take(record), () => answer(world, request, route), signal)
    if (response !== 'reset') record.status = response.status
    return response
  }, options.port)
  world.apiUrl = `${server.url}/2.0`
  world.webUrl = server.url
  return {
    url: world.apiUrl,
    state: createState(world),
    requests,
    violations: world.violations,
    fail: rules.add,
    async close() {
      await server.close()
      await Promise.all([...world.repositories.values()].map(({ git }) => git.close()))
      if (options.directory === undefined) await rm(directory, { recursive: true, force: true })
    },
  }
}
