import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { bitbucket } from '@pullwright/bitbucket'
import type { Vcs, VcsCapabilities } from '@pullwright/core'
import { github, githubApp } from '@pullwright/github'
import { gitlab } from '@pullwright/gitlab'
import { fakeBitbucket, fakeGitHub, fakeGitLab } from '@pullwright/testkit'
import { afterAll, beforeAll, expect, it } from 'vitest'

const REPOSITORY = 'acme/prompts'
const page = readFileSync(join(import.meta.dirname, 'forges.md'), 'utf8')
/** The cells of `## What each can do`, by the name in the first one. */
const rows = [...page.matchAll(/^\| (?:the facet )?`(\w+)`[^|]*\|(.*)\|$/gm)].map(
  ([, name = '', cells = '']) => [name, cells.split('|').map((cell) => cell.trim())] as const,
)
const capabilityRows = rows.filter(([, cells]) => cells.length === 4)

/** In the order of the columns. */
let adapters: Vcs[] = []
let closers: (() => Promise<void>)[] = []

beforeAll(async () => {
  const [hub, lab, bucket] = await Promise.all([fakeGitHub(), fakeGitLab(), fakeBitbucket()])
  await hub.state.createRepository({ owner: 'acme', name: 'prompts' })
  await lab.state.createProject({ path: REPOSITORY })
  await bucket.state.createRepository({ workspace: 'acme', slug: 'prompts' })
  const { appId, privateKey } = hub.state.createApp({ owner: 'acme' })
  adapters = [
    github({ auth: { appId, privateKey }, baseUrl: hub.url }),
    github({ auth: { token: hub.state.createToken() }, baseUrl: hub.url }),
    gitlab({ auth: { token: lab.state.createToken() }, baseUrl: lab.url }),
    bitbucket({ auth: { token: bucket.state.createToken() }, baseUrl: bucket.url }),
  ]
  closers = [...adapters.map((one) => async () => one.close?.()), hub.close, lab.close, bucket.close]
})
afterAll(async () => {
  for (const close of closers) await close()
})

it('the table of the page says what the adapters say of themselves', async () => {
  const facets = ['reviews', 'contents', 'access', 'deployments', 'issues'] as const
  const answers = await Promise.all(adapters.map((one) => one.capabilities(REPOSITORY)))
  const names = [...Object.keys(answers[0] ?? {}), ...facets]
  expect(capabilityRows.map(([name]) => name).sort()).toEqual(names.sort())
  for (const [name, cells] of capabilityRows) {
    const said = adapters.map((vcs, index) => {
      const facet = facets.find((one) => one === name)
      return facet ? told(vcs[facet] !== undefined) : told(answers[index]?.[name as keyof VcsCapabilities] ?? false)
    })
    expect([name, ...cells]).toEqual([name, ...said])
  }
})

it('what the table denies a forge ends as unsupported, and the pull request stands', async () => {
  for (const [column, vcs] of adapters.entries()) {
    const { outcome, steps } = await vcs.publishPullRequest({
      ...{ repository: REPOSITORY, base: 'main', branch: `forges/${column}`, kind: 'document', identity: `${column}` },
      ...{ files: [{ path: `${column}.json`, content: '{}\n' }], commitMessage: 'm', title: 't', body: 'b' },
      ...{ labels: ['prompts'], assignees: ['jane'], autoMerge: true },
    })
    expect(outcome).toBe('created')
    for (const [name, cells] of capabilityRows) {
      const step = steps[name as keyof typeof steps]
      if (cells[column] === 'no' && step !== undefined) expect([name, step.status]).toEqual([name, 'unsupported'])
    }
  }
})

it('the page lists the permissions that an App asks for, feature by feature', () => {
  const manifest = (features?: string[]) =>
    githubApp.manifest({
      ...{ name: 'x', baseUrl: 'https://x.example.com' },
      ...(features && { features: features as [] }),
    })
  const features = rows.filter(([, cells]) => cells.length === 1 && /(read|write)$/.test(cells[0] ?? ''))
  for (const [feature, [cell = '']] of features) {
    const said = cell.split(', ').map((one) => one.replace('commit ', '').split(/ (?=\w+$)/))
    const permissions = Object.fromEntries(said.map(([name = '', level]) => [name.replaceAll(' ', '_'), level]))
    expect([feature, { ...permissions, metadata: 'read' }]).toEqual([feature, manifest([feature]).default_permissions])
  }
  const names = features.map(([feature]) => feature).join(', ')
  expect(() => manifest(['none'])).toThrow(`there is: ${names}`)
})

function told(answer: boolean | number | VcsCapabilities['bodyLimit']): string {
  if (typeof answer === 'boolean') return answer ? 'yes' : 'no'
  return typeof answer === 'number' ? String(answer) : `${answer.size.toLocaleString('en-US')} ${answer.unit}`
}
