import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { type FailHandle, type FailRule, failRules, play } from '../http/fail-rules.ts'
import { startFakeServer } from '../http/fake-server.ts'
import { answer } from './answer.ts'
import { emptyWorld } from './model/world.ts'
import { type RecordedGitLabRequest, readIncoming } from './recorded-request.ts'
import { createState, type FakeGitLabState } from './state/create-state.ts'

export interface FakeGitLabOptions {
  /** Where bare repositories go, as `<path>.git`. Default: a temporary folder, removed by `close()`. */
  directory?: string
  /** Default: a free one. */
  port?: number
  clock?: { now(): number }
  /** The path it is installed under, such as `/gitlab`, as some self-managed ones are. Default: none. */
  prefix?: string
  /** Requests of one token in a minute, after which comes 429. Default: no limit. */
  requestsPerMinute?: number
}

export interface FakeGitLab {
  /** Address of the instance, without a slash at the end; REST is at `/api/v4`, GraphQL at `/api/graphql`. */
  readonly url: string
  /** Set things up, look at what was done, and do what people do. */
  readonly state: FakeGitLabState
  /** Every request so far, in the order of arrival. */
  readonly requests: RecordedGitLabRequest[]
  /** What no real GitLab would have understood, in sentences. Tests assert that it is empty. */
  readonly violations: string[]
  /** Plays a fault on requests to come. */
  fail(rule: FailRule<RecordedGitLabRequest>): FailHandle
  /** Stops the server, drops its connections, and removes the temporary folder it made. */
  close(): Promise<void>
}

/**
 * A GitLab for tests: REST and the part of GraphQL that reads, over HTTP on the loopback address, with real bare git
 * repositories behind it.
 *
 *     const gitlab = await fakeGitLab()
 *     await gitlab.state.createProject({ path: 'acme/prompts', files: { 'README.md': 'hello' } })
 *     const token = gitlab.state.createToken()
 *     // … let the code under test talk to gitlab.url with that token …
 *     gitlab.state.mergeRequests('acme/prompts')
 *     await gitlab.close()
 *
 * How honest it is: commits, trees and refs are made by git. Roles, scopes, protected branches, stale `last_commit_id`,
 * second merge requests, early auto-merge and rate limits are refused with the statuses and words GitLab documents.
 * GitLab publishes neither its OpenAPI document nor its GraphQL schema in a package, so bodies of the routes that write
 * are held against the fields its documentation lists, and queries against the part of the schema written down here:
 * what does not fit is a sentence in `violations`.
 *
 * What it does not model: forks, groups, merge trains, discussions, move and chmod of files, GraphQL's mutations and
 * its limit of complexity.
 */
export async function fakeGitLab(options: FakeGitLabOptions = {}): Promise<FakeGitLab> {
  const clock = options.clock ?? Date
  const prefix = options.prefix ?? ''
  const directory = options.directory ?? (await mkdtemp(join(tmpdir(), 'fake-gitlab-')))
  const rateLimit = options.requestsPerMinute ?? null
  const world = emptyWorld({ now: () => clock.now(), webUrl: '', directory, rateLimit })
  const requests: RecordedGitLabRequest[] = []
  const rules = failRules<RecordedGitLabRequest>()
  const server = await startFakeServer(async (request, signal) => {
    const incoming = readIncoming(request, prefix, world.now())
    requests.push(incoming.record)
    const response = await play(rules.take(incoming.record), () => answer(world, incoming), signal)
    if (response !== 'reset') incoming.record.status = response.status
    return response
  }, options.port)
  world.webUrl = server.url + prefix
  return {
    url: world.webUrl,
    state: createState(world),
    requests,
    violations: world.violations,
    fail: rules.add,
    async close() {
      await server.close()
      await Promise.all([...world.projects.values()].map((project) => project.git.close()))
      if (options.directory === undefined) await rm(directory, { recursive: true, force: true })
    },
  }
}
