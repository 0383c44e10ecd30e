import { type FakeGitHub, type FakeGitHubOptions, fakeGitHub } from './fake-github.ts'

/** What the tests of the fake talk to it with. */
export interface TestClient {
  gh: FakeGitHub
  token: string
  rest(method: string, path: string, body?: unknown, headers?: Record<string, string>): Promise<RestAnswer>
  graphql(query: string, variables?: Record<string, unknown>, token?: string): Promise<GraphQLAnswer>
}

export interface RestAnswer {
  status: number
  headers: Headers
  // biome-ignore lint/suspicious/noExplicitAny: tests reach into answers of every shape
  body: any
}

export interface GraphQLAnswer {
  status: number
  headers: Headers
  // biome-ignore lint/suspicious/noExplicitAny: tests reach into answers of every shape
  data: any
  errors: { type?: string; path?: (string | number)[]; message: string }[]
}

export const REPOSITORY = 'acme/prompts'

/** A fake with one repository, a token for everything, and GitHub's OpenAPI document looking over its shoulder. */
export async function testClient(options: FakeGitHubOptions = {}): Promise<TestClient> {
  const gh = await fakeGitHub({ openapi: true, ...options })
  await gh.state.createRepository({
    owner: 'acme',
    name: 'prompts',
    private: true,
    files: { 'README.md': '# prompts\n', 'docs/a.md': 'a\n' },
    labels: ['prompt'],
    teams: { reviewers: ['ann'] },
  })
  const token = gh.state.createToken()
  return {
    gh,
    token,
    async rest(method, path, body, headers = {}) {
      const response = await fetch(gh.url + path, {
        method,
        headers: { authorization: `Bearer ${token}`, 'user-agent': 'tests', ...headers },
        ...(body === undefined ? {} : { body: typeof body === 'string' ? body : JSON.stringify(body) }),
      })
      const text = await response.text()
      return { status: response.status, headers: response.headers, body: readJson(text) }
    },
    async graphql(query, variables = {}, as = token) {
      const response = await fetch(`${gh.url}/graphql`, {
        method: 'POST',
        headers: { authorization: `Bearer ${as}`, 'user-agent': 'tests' },
        body: JSON.stringify({ query, variables }),
      })
      const answer = (await response.json()) as { data?: unknown; errors?: GraphQLAnswer['errors'] }
      return { status: response.status, headers: response.headers, data: answer.data, errors: answer.errors ?? [] }
    },
  }
}

function readJson(text: string): unknown {
  try {
    return JSON.parse(text)
  } catch {
    return text
  }
}
