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
import { createState, type FakeGitHubState } from './state/create-state.ts'

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
  /** So many reads of a pull request answer `UNKNOWN` after each push. Default 0. */
  unknownMergeabilityReads?: number
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
 */
export async function fakeGitHub(options: FakeGitHubOptions = {}): Promise<FakeGitHub> {
  const clock = options.clock ?? Date
  const directory = options.directory ?? (await mkdtemp(join(tmpdir(), 'fake-github-')))
  const world = emptyWorld({
    now: () => clock.now(),
    webUrl: options.webUrl ?? '',
    directory,
    unknownReads: options.unknownMergeabilityReads ?? 0,
  })
  const requests: RecordedRequest[] = []
  const rules = failRules<RecordedRequest>()
  const backend: Backend = {
    graph: graphOf(world),
    schema: await loadSchema(options.features ?? []),
    openApi: options.openapi === true ? await loadOpenApiChecker() : null,
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
