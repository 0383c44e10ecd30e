import { generateKeyPairSync, type KeyPairKeyObjectResult } from 'node:crypto'
import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { type FailHandle, type FailRule, failRules, play } from '../http/fail-rules.ts'
import { type FakeServer, startFakeServer } from '../http/fake-server.ts'
import { answer, type Backend } from './answer.ts'
import { loadSchema, type SchemaFeature } from './graphql/schema.ts'
import { graphOf } from './graphql/views.ts'
import { emptyWorld } from './model/world.ts'
import { loadOpenApiChecker } from './openapi-checker.ts'
import { type RecordedRequest, readIncoming } from './recorded-request.ts'
import { secondaryLimit } from './secondary-limit.ts'
import { createState } from './state/create-state.ts'
import type { FakeGitHubState } from './state/fake-github-state.ts'

export interface FakeGitHubOptions {
  /** Where bare repositories go, as `<owner>/<name>.git`. Default: a temporary folder, removed by `close()`. */
  directory?: string
  /** Leave the temporary folder behind. */
  keep?: boolean
  /** Default: a free one. */
  port?: number
  clock?: { now(): number }
  /** Of web pages, as links in answers have it. Default: the server's own address. */
  webUrl?: string
  /** Parts of the GraphQL schema that only some hosts have. */
  features?: readonly SchemaFeature[]
  /**
   * Compare every REST request, and the fake's answers, with GitHub's OpenAPI document; needs `@octokit/openapi`. GraphQL
   * is always checked. Default false.
   */
  openapi?: boolean
  /** Refuse more than 80 content-creating requests a minute or 500 an hour for one token, as GitHub does. Default false. */
  secondaryLimits?: boolean
  /** So many reads of a pull request answer `UNKNOWN` after each push. Default 0. */
  unknownMergeabilityReads?: number
  /** Of every app that is made; making one takes a while. Default: each app has a key of its own. */
  appKey?: KeyPairKeyObjectResult
}

export interface FakeGitHub {
  /** Base of the REST API, without a slash at the end; GraphQL is at `/graphql`. Also `/api/v3` and `/api/graphql`. */
  readonly url: string
  /** Set things up, look at what was done, and do what people do. */
  readonly state: FakeGitHubState
  /** Every request so far, in the order of arrival. */
  readonly requests: RecordedRequest[]
  /** What no real GitHub would have understood, in sentences. Tests assert that it is empty. */
  readonly violations: string[]
  /** Plays a fault on requests to come. */
  fail(rule: FailRule<RecordedRequest>): FailHandle
  /** Stops the server, drops its connections, and removes the temporary folder it made. */
  close(): Promise<void>
}

/**
 * A GitHub for tests: REST and GraphQL over HTTP on the loopback address, with real bare git repositories behind it.
 *
 *     const gh = await fakeGitHub()
 *     await gh.state.createRepository({ owner: 'acme', name: 'prompts', files: { 'README.md': 'hello' } })
 *     const token = gh.state.createToken()
 *     // … let the code under test talk to gh.url with that token …
 *     await gh.state.pullRequests('acme/prompts')
 *     await gh.close()
 *
 * How honest it is:
 * - GraphQL documents and variables are validated against GitHub's published schema, and the fake's own answers must
 *   fit it too. With `openapi`, REST requests and answers are held against the published OpenAPI document. Whatever
 *   does not fit, and whatever GitHub has but the fake does not, fails and is a sentence in `violations`.
 * - Commits, trees and refs are made by git. Branches move by compare-and-swap; requests may race.
 * - Root fields of a mutation run one after the other and fail one by one. Hidden and missing look the same. Tokens have
 *   permissions, repositories and an end; apps sign in with their key.
 * - Refusals are worded as GitHub words them where that is known. Not known, and therefore the fake's own words: those
 *   of `updateRefs`, of paths that are both file and folder, and of a branch that `createCommitOnBranch` does not find.
 *
 * What it does not model: forks (but that a pull request says it comes from one), repositories that were renamed,
 * comments on issues that are no pull requests, CODEOWNERS, review threads, signatures of commits,
 * renames in diffs, merge queues, webhooks by itself (`state.delivery` makes them), search, conditional requests, previews of GraphQL, node limits, and time
 * passing between replicas (play `gitHubFaults.replicationLag` for that). Everything is consistent at once.
 */
export async function fakeGitHub(options: FakeGitHubOptions = {}): Promise<FakeGitHub> {
  const clock = options.clock ?? Date
  const directory = options.directory ?? (await mkdtemp(join(tmpdir(), 'fake-github-')))
  const world = emptyWorld({
    now: () => clock.now(),
    webUrl: options.webUrl ?? '',
    directory,
    unknownReads: options.unknownMergeabilityReads ?? 0,
    appKey: () => options.appKey ?? generateKeyPairSync('rsa', { modulusLength: 2048 }),
  })
  const requests: RecordedRequest[] = []
  const rules = failRules<RecordedRequest>()
  const backend: Backend = {
    graph: graphOf(world),
    schema: await loadSchema(options.features ?? []),
    openApi: options.openapi === true ? await loadOpenApiChecker() : null,
    secondary: options.secondaryLimits === true ? secondaryLimit() : null,
  }
  const server: FakeServer = await startFakeServer(async (request, signal) => {
    const incoming = readIncoming(request, world.now())
    requests.push(incoming.record)
    const rule = rules.take(incoming.record)
    const response = await play(rule, () => answer(backend, incoming, rule), signal)
    if (response !== 'reset') incoming.record.status = response.status
    return response
  }, options.port)
  world.apiUrl = server.url
  world.webUrl ||= server.url
  return {
    url: server.url,
    state: createState(world),
    requests,
    violations: world.violations,
    fail: rules.add,
    async close() {
      await server.close()
      await Promise.all([...world.repositories.values()].map((repository) => repository.git.close()))
      if (options.directory === undefined && options.keep !== true) {
        await rm(directory, { recursive: true, force: true })
      }
    },
  }
}
