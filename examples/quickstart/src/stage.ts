import { join } from 'node:path'
import type { Vcs } from '@pullwright/core'
import { github } from '@pullwright/github'
import { fakeGitHub } from '@pullwright/testkit'

/** Where the pull requests go, and what can be looked at there afterwards. */
export interface Stage {
  vcs: Vcs
  repository: string
  reviewers: string[]
  /** Null on real GitHub. */
  inspect: StageInspection | null
  close(): Promise<void>
}

export interface StageInspection {
  gitDirectory: string
  /** Everything that was sent to the forge, as text. */
  sent(): string
  requestCount(): number
  pullRequest(): Promise<{ number: number; title: string; body: string; labels: string[]; url: string } | null>
}

/** A fake GitHub over a real bare repository, left behind in `folder/repo.git`. */
export async function localStage(folder: string): Promise<Stage> {
  const fake = await fakeGitHub({ directory: folder })
  const { repository, path } = await fake.state.createRepository({
    owner: 'acme',
    name: 'prompts',
    path: join(folder, 'repo.git'),
    files: { 'README.md': '# Prompts\n\nWhat runs in production, as deployed.\n' },
  })
  fake.state.createUser({ login: 'pullwright-bot' })
  fake.state.addCollaborator(repository, 'pullwright-bot', 'write')
  fake.state.addCollaborator(repository, 'jane', 'write')
  const token = fake.state.createToken({ user: 'pullwright-bot' })
  return {
    vcs: github({ auth: { token }, baseUrl: fake.url }),
    repository,
    reviewers: ['jane'],
    inspect: {
      gitDirectory: path,
      sent: () => JSON.stringify(fake.requests.map(({ method, path: to, body }) => [method, to, body])),
      requestCount: () => fake.requests.length,
      async pullRequest() {
        const [first] = await fake.state.pullRequests(repository)
        return first ?? null
      },
    },
    close: fake.close,
  }
}

/** Real GitHub, with the user's own token. */
export function githubStage(token: string, repository: string): Stage {
  return { vcs: github({ auth: { token } }), repository, reviewers: [], inspect: null, close: async () => {} }
}
