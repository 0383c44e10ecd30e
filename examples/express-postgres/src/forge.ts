import { execFileSync } from 'node:child_process'
import { randomBytes } from 'node:crypto'
import type { Vcs } from '@pullwright/core'
import { github } from '@pullwright/github'
import { fakeGitHub } from '@pullwright/testkit'

export interface Forge {
  vcs: Vcs
  repository: string
  /** What a person does at GitHub, where we can: null on the real one. */
  people: {
    /** Merges, and answers the webhook that GitHub sends about it. */
    merge(number: number): Promise<{ headers: Record<string, string>; body: string }>
    diff(branch: string): string
  } | null
  close(): Promise<void>
}

/** Real GitHub where GITHUB_TOKEN and GITHUB_REPOSITORY are set, else one in this process. */
export async function openForge(env: NodeJS.ProcessEnv = process.env): Promise<Forge> {
  const { GITHUB_TOKEN: token, GITHUB_REPOSITORY: repository, GITHUB_WEBHOOK_SECRET: secret } = env
  if (!token || !repository) return localForge()
  const vcs = github({ auth: { token }, webhookSecret: secret })
  return { vcs, repository, people: null, close: async () => {} }
}

async function localForge(): Promise<Forge> {
  const forge = await fakeGitHub()
  const { repository, path } = await forge.state.createRepository({
    ...{ owner: 'acme', name: 'prompts', labels: ['agenta-deployment', 'production'] },
    files: { 'README.md': '# What runs in production\n' },
  })
  const secret = randomBytes(16).toString('hex')
  const vcs = github({ auth: { token: forge.state.createToken() }, baseUrl: forge.url, webhookSecret: secret })
  return {
    vcs,
    repository,
    people: {
      async merge(number) {
        await forge.state.mergePullRequest(repository, number, { by: 'octocat' })
        return forge.state.delivery('pull_request', { repository, secret, number, action: 'closed' })
      },
      diff: (branch) => execFileSync('git', ['diff', '--no-color', `main...${branch}`], { cwd: path }).toString(),
    },
    close: forge.close,
  }
}
