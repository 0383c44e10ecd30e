import { execFileSync } from 'node:child_process'
import { generateKey, memoryStore } from '@pullwright/core'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { parse } from 'yaml'
import { counter, deployment, type Forge, forge, memoryLogger, pullwrightOn, REPOSITORY, testClock } from './harness.ts'

const BRANCH = 'pullwright/support-bot/production'
const FILE = 'deployments/support-bot/production.json'

let stage: Forge

beforeEach(async () => {
  stage = await forge()
})

afterEach(async () => {
  expect(stage.fake.violations).toEqual([])
  await stage.fake.close()
})

describe('a deployment', () => {
  it('becomes a pull request with labels, reviewers, a team and auto-merge in three requests', async () => {
    stage.fake.state.updateRepository(REPOSITORY, { protectedBranches: { main: { requiredApprovals: 1 } } })
    const pullwright = pullwrightOn(stage, [
      { labels: ['agenta-deployment', 'production'], reviewers: ['jane', 'acme/reviewers'], autoMerge: true },
    ])
    const count = counter(stage)
    const { id } = await pullwright.emitter.emit('environment.deployed', deployment())
    await pullwright.drain()
    expect(count()).toBe(3)
    const [pr] = await stage.fake.state.pullRequests(REPOSITORY)
    expect(pr).toMatchObject({
      labels: ['agenta-deployment', 'production'],
      title: expect.stringContaining('support-bot'),
    })
    const { pullRequests, status, timeToPullRequestMs } = await pullwright.deployments.get(id)
    expect(status).toBe('done')
    expect(timeToPullRequestMs).toBeGreaterThanOrEqual(0)
    expect(pullRequests).toEqual([
      {
        vcs: 'github',
        repository: REPOSITORY,
        number: 1,
        url: expect.stringContaining('/acme/prompts/pull/1'),
        outcome: 'created',
        steps: expect.objectContaining({
          branch: { status: 'applied' },
          commit: { status: 'applied' },
          pullRequest: { status: 'applied' },
          labels: { status: 'applied' },
          reviewers: { status: 'applied' },
          autoMerge: { status: 'applied' },
        }),
      },
    ])
    await pullwright.stop()
  })

  it('commits the file of the contract', async () => {
    const pullwright = pullwrightOn(stage)
    const occurredAt = '2025-11-20T10:30:00Z'
    await pullwright.emitter.emit('environment.deployed', deployment({ url: 'https://agenta.example.com/7' }), {
      occurredAt,
    })
    await pullwright.drain()
    const text = (await stage.fake.state.file(REPOSITORY, FILE, BRANCH)) ?? ''
    expect(JSON.parse(text)).toEqual({
      app_name: 'support-bot',
      environment: 'production',
      deployed_at: occurredAt,
      deployed_by: 'jane@example.com',
      variant: { name: 'v2', revision: 15 },
      config: { model: 'gpt-4', temperature: 0.5, system_prompt: 'You are helpful.\nBe concise.' },
      metadata: { url: 'https://agenta.example.com/7', deployment_id: 'dep_1', commit_message: 'Better answers' },
    })
    expect(text.endsWith('}\n')).toBe(true)
    await pullwright.stop()
  })

  it('of later content updates the open pull request in two requests, and of the same content does nothing in one', async () => {
    const pullwright = pullwrightOn(stage, [{ labels: ['a'], reviewers: ['jane'] }])
    await pullwright.emitter.emit('environment.deployed', deployment())
    await pullwright.drain()
    const count = counter(stage)
    await pullwright.emitter.emit('environment.deployed', deployment({ revision: 16, config: { model: 'gpt-5' } }))
    await pullwright.drain()
    expect(count()).toBe(2)
    const commits = await stage.fake.state.commits(REPOSITORY, BRANCH)
    const again = deployment({ revision: 16, config: { model: 'gpt-5' }, deployment_id: 'dep_9', deployed_by: 'joe' })
    const { id } = await pullwright.emitter.emit('environment.deployed', again)
    await pullwright.drain()
    expect(count()).toBe(1)
    expect(await stage.fake.state.commits(REPOSITORY, BRANCH)).toEqual(commits)
    expect((await pullwright.deployments.get(id)).pullRequests).toMatchObject([{ number: 1, outcome: 'unchanged' }])
    const all = await stage.fake.state.pullRequests(REPOSITORY)
    expect(all).toHaveLength(1)
    expect(all[0]?.title).toContain('16')
    expect(await pullwright.events.list({ types: ['pull_request.opened', 'pull_request.updated'] })).toMatchObject([
      { type: 'pull_request.updated', data: { number: 1, app_name: 'support-bot' } },
      { type: 'pull_request.opened', data: { number: 1, repository: REPOSITORY } },
    ])
    await pullwright.stop()
  })

  it('that changes nothing but a secret is a write', async () => {
    const pullwright = pullwrightOn(stage)
    const secret = (end: string) => ['sk', 'proj', 'Ab3'.repeat(16) + end].join('-')
    const occurredAt = '2025-11-20T10:30:00Z'
    const emit = (end: string) =>
      pullwright.emitter.emit('environment.deployed', deployment({ config: { api_key: secret(end) } }), { occurredAt })
    await emit('x')
    await pullwright.drain()
    const { id } = await emit('y')
    await pullwright.drain()
    const { pullRequests, event } = await pullwright.deployments.get(id)
    expect(pullRequests).toMatchObject([{ outcome: 'updated' }])
    expect(event.data).toMatchObject({
      config_diff: { modified: { api_key: { old: '[REDACTED]', new: '[REDACTED]' } } },
    })
    await pullwright.stop()
  })

  it('of several routes goes to several repositories, each in its own format', async () => {
    await stage.fake.state.createRepository({
      owner: 'acme',
      name: 'docs',
      collaborators: { 'pullwright-bot': 'write' },
    })
    const pullwright = pullwrightOn(stage, [
      { when: { environment: 'prod*' } },
      { repository: 'acme/docs', format: 'yaml', when: { app: ['support-bot', 'other'] } },
      { repository: 'acme/docs', when: { environment: 'staging' } },
    ])
    const { id } = await pullwright.emitter.emit('environment.deployed', deployment())
    await pullwright.drain()
    expect((await pullwright.deployments.get(id)).pullRequests.map(({ repository }) => repository).sort()).toEqual([
      'acme/docs',
      'acme/prompts',
    ])
    const yaml = await stage.fake.state.file('acme/docs', 'deployments/support-bot/production.yaml', BRANCH)
    expect(yaml).toContain('system_prompt: |')
    expect(parse(yaml ?? '').config.system_prompt).toBe('You are helpful.\nBe concise.')
    await pullwright.stop()
  })

  it('with the strategy separate gets a pull request of its own each time', async () => {
    const pullwright = pullwrightOn(stage, [{ strategy: 'separate' }])
    for (const revision of [15, 16]) {
      await pullwright.emitter.emit('environment.deployed', deployment({ revision }))
      await pullwright.drain()
    }
    await pullwright.emitter.emit('environment.deployed', deployment({ revision: 16 }))
    await pullwright.drain()
    expect(await stage.fake.state.pullRequests(REPOSITORY)).toHaveLength(2)
    await pullwright.stop()
  })

  it('shows only what its route lets be seen', async () => {
    const pullwright = pullwrightOn(stage, [
      {
        include: { except: ['internal'] },
        redact: ['customer'],
        title: '{{app}} at {{revision}}',
        links: 'https://a.example/{{app}}',
      },
      { path: 'quiet.json', branch: 'quiet', include: { diff: false, config: false } },
    ])
    const config = { internal: { note: 'between us' }, customer: 'Acme', model: 'gpt-5' }
    await pullwright.emitter.emit('environment.deployed', deployment({ config, previous_config: {} }))
    await pullwright.drain()
    const all = await stage.fake.state.pullRequests(REPOSITORY)
    const first = all.find(({ title }) => title === 'support-bot at 15')
    expect(first?.body).toContain('gpt-5')
    expect(first?.body).toContain('https://a.example/support-bot')
    expect(first?.body).not.toMatch(/between us|Acme/)
    const file = JSON.parse((await stage.fake.state.file(REPOSITORY, FILE, BRANCH)) ?? '')
    expect(file.config).toEqual({ customer: '[REDACTED]', model: 'gpt-5' })
    const quiet = all.find((one) => one !== first)
    expect(quiet?.body).not.toContain('gpt-5')
    expect(JSON.parse((await stage.fake.state.file(REPOSITORY, 'quiet.json', 'quiet')) ?? '').config).toBeNull()
    await pullwright.stop()
  })

  it('shows places that its route names, in file, text and changes alike', async () => {
    const only = ['llm_config.temperature', 'messages[*].content', 'tools']
    const pullwright = pullwrightOn(stage, [{ include: { only, except: ['tools[*].internal'] } }])
    const config = (temperature: number, word: string) => ({
      llm_config: { temperature, model: `hidden-model-${word}` },
      messages: [{ role: `hidden-role-${word}`, content: `Be ${word}.` }],
      tools: [{ name: 'search', internal: `hidden-note-${word}` }],
      api: `hidden-api-${word}`,
    })
    const change = { config: config(0.5, 'kind'), previous_config: config(0.7, 'brief') }
    await pullwright.emitter.emit('environment.deployed', deployment(change))
    await pullwright.drain()
    const file = JSON.parse((await stage.fake.state.file(REPOSITORY, FILE, BRANCH)) ?? '')
    expect(file.config).toEqual({
      llm_config: { temperature: 0.5 },
      messages: [{ content: 'Be kind.' }],
      tools: [{ name: 'search' }],
    })
    const body = (await stage.fake.state.pullRequests(REPOSITORY))[0]?.body
    expect(body).toContain('0.7')
    expect(body).toContain('Be kind.')
    expect(body).not.toMatch(/hidden-/)
    await pullwright.stop()
  })

  it('of a removed application deletes its file', async () => {
    await stage.fake.state.commit({ repository: REPOSITORY, branch: 'main', files: { [FILE]: '{}\n' } })
    const pullwright = pullwrightOn(stage)
    await pullwright.emitter.emit(
      'environment.deployed',
      deployment({ config: null, previous_config: { model: 'gpt-4' } }),
    )
    await pullwright.drain()
    expect(await stage.fake.state.file(REPOSITORY, FILE, BRANCH)).toBeNull()
    expect(await stage.fake.state.file(REPOSITORY, FILE, 'main')).toBe('{}\n')
    expect(await stage.fake.state.pullRequests(REPOSITORY)).toHaveLength(1)
    await pullwright.stop()
  })

  it('that the base branch documents already needs no pull request', async () => {
    const occurredAt = '2025-11-20T10:30:00Z'
    const pullwright = pullwrightOn(stage)
    await pullwright.emitter.emit('environment.deployed', deployment(), { occurredAt })
    await pullwright.drain()
    const content = (await stage.fake.state.file(REPOSITORY, FILE, BRANCH)) ?? ''
    stage.fake.state.closePullRequest(REPOSITORY, 1)
    await stage.fake.state.deleteBranch(REPOSITORY, BRANCH)
    await stage.fake.state.commit({ repository: REPOSITORY, branch: 'main', files: { [FILE]: content } })
    const { id } = await pullwright.emitter.emit('environment.deployed', deployment(), { occurredAt })
    await pullwright.drain()
    expect(await pullwright.deployments.get(id)).toMatchObject({ status: 'done', pullRequests: [] })
    expect(await stage.fake.state.pullRequests(REPOSITORY)).toHaveLength(1)
    await pullwright.stop()
  })

  it('after its pull request was merged, or closed, gets a new one', async () => {
    const pullwright = pullwrightOn(stage)
    const deploy = async (revision: number) => {
      await pullwright.emitter.emit('environment.deployed', deployment({ revision }))
      await pullwright.drain()
    }
    await deploy(1)
    await stage.fake.state.mergePullRequest(REPOSITORY, 1)
    await deploy(2)
    stage.fake.state.closePullRequest(REPOSITORY, 2)
    await deploy(3)
    const all = await stage.fake.state.pullRequests(REPOSITORY)
    expect(all.map(({ number }) => number).sort()).toEqual([1, 2, 3])
    expect(all.find(({ number }) => number === 3)).toMatchObject({ title: expect.stringContaining('revision 3') })
    await pullwright.stop()
  })

  it('that no route is for makes no request', async () => {
    const pullwright = pullwrightOn(stage, [
      { when: { environment: 'staging' } },
      { pullRequest: false, path: 'x.json' },
    ])
    const count = counter(stage)
    const { id } = await pullwright.emitter.emit('environment.deployed', deployment())
    await pullwright.drain()
    expect(count()).toBe(0)
    expect(await pullwright.deployments.get(id)).toMatchObject({
      status: 'done',
      pullRequests: [],
      timeToPullRequestMs: null,
    })
    await pullwright.stop()
  })
})

describe('order', () => {
  it('a retried older deployment never overwrites a newer one, over two processes', async () => {
    const [store, clock, key] = [memoryStore(), testClock(), generateKey()]
    const one = pullwrightOn(stage, [{}], { store, clock, key })
    const two = pullwrightOn(stage, [{}], { store, clock, key })
    stage.fake.fail({ match: { method: 'POST' }, status: 503, times: 3 })
    const older = await one.emitter.emit('environment.deployed', deployment({ revision: 15 }))
    await one.drain()
    expect(await one.deployments.get(older.id)).toMatchObject({ status: 'running', pullRequests: [] })
    await two.emitter.emit('environment.deployed', deployment({ revision: 16 }))
    await two.drain()
    clock.advance(7 * 24 * 3_600_000)
    await one.drain()
    const text = (await stage.fake.state.file(REPOSITORY, FILE, BRANCH)) ?? ''
    expect(JSON.parse(text).variant.revision).toBe(16)
    const publish = (await one.deployments.get(older.id)).tasks.find(({ target }) =>
      JSON.stringify(target).includes('publish'),
    )
    expect(publish).toMatchObject({ status: 'done', result: { outcome: 'superseded' } })
    await one.stop()
    await two.stop()
  })

  it('a branch that a human committed to is never overwritten', async () => {
    const clock = testClock()
    const pullwright = pullwrightOn(stage, [{}], { clock })
    await pullwright.emitter.emit('environment.deployed', deployment())
    await pullwright.drain()
    await stage.fake.state.commit({
      repository: REPOSITORY,
      branch: BRANCH,
      files: { [FILE]: 'by hand\n' },
      author: 'jane',
    })
    const { id } = await pullwright.emitter.emit('environment.deployed', deployment({ revision: 16 }))
    for (let i = 0; i < 4; i++) {
      await pullwright.drain()
      clock.advance(3_600_000)
    }
    expect(await stage.fake.state.file(REPOSITORY, FILE, BRANCH)).toBe('by hand\n')
    const { status, tasks } = await pullwright.deployments.get(id)
    expect(status).toBe('failed')
    expect(tasks.at(-1)?.reason).toContain('jane')
    await pullwright.stop()
  })
})

describe('what goes wrong', () => {
  it('an unknown reviewer is reported in the steps and the pull request stands', async () => {
    const pullwright = pullwrightOn(stage, [{ reviewers: ['nobody-knows-me'] }])
    const { id } = await pullwright.emitter.emit('environment.deployed', deployment())
    await pullwright.drain()
    const { pullRequests, status } = await pullwright.deployments.get(id)
    expect(status).toBe('done')
    expect(pullRequests[0]?.steps).toMatchObject({
      reviewers: { status: 'failed', error: expect.stringContaining('nobody-knows-me') },
    })
    await pullwright.stop()
  })

  it('a bad token ends the task with a reason that says what to do and not the token', async () => {
    const pullwright = pullwrightOn(stage)
    stage.fake.state.revokeToken(stage.token)
    const { id } = await pullwright.emitter.emit('environment.deployed', deployment())
    await pullwright.drain()
    const { status, tasks } = await pullwright.deployments.get(id)
    expect(status).toBe('failed')
    expect(tasks.at(-1)?.reason).toMatch(/token/i)
    expect(JSON.stringify(tasks)).not.toContain(stage.token)
    await pullwright.stop()
  })

  it('a public repository gets nothing where the route wants a private one', async () => {
    const pullwright = pullwrightOn(stage, [{ requirePrivate: true }])
    const { id } = await pullwright.emitter.emit('environment.deployed', deployment())
    await pullwright.drain()
    expect((await pullwright.deployments.get(id)).tasks.at(-1)?.reason).toContain('public')
    expect(await stage.fake.state.pullRequests(REPOSITORY)).toEqual([])
    stage.fake.state.updateRepository(REPOSITORY, { private: true })
    await pullwright.emitter.emit('environment.deployed', deployment())
    await pullwright.drain()
    expect(await stage.fake.state.pullRequests(REPOSITORY)).toHaveLength(1)
    await pullwright.stop()
  })
})

describe('secrets', () => {
  it('planted anywhere in a deployment are nowhere: store, logs, requests, git objects', async () => {
    const planted = ['sk', 'proj', `${'qZ7'.repeat(15)}end`].join('-')
    const [store, logger] = [memoryStore(), memoryLogger()]
    const pullwright = pullwrightOn(stage, [{ format: 'yaml' }, { path: 'other.json' }], { store, logger })
    await pullwright.emitter.emit(
      'environment.deployed',
      deployment({
        app_id: planted,
        commit_message: `uses ${planted}`,
        url: `https://agenta.example.com/?token=${planted}`,
        deployed_by: { name: planted },
        extra: { deep: [planted] },
        config: { a: planted, [planted]: 1, prompt: `line\nkey ${planted}\n`, json: JSON.stringify({ key: planted }) },
        previous_config: { a: `${planted}old` },
      }),
    )
    await pullwright.drain()
    const pullRequests = await stage.fake.state.pullRequests(REPOSITORY)
    expect(pullRequests).toHaveLength(2)
    const tasks = await store.query.tasks({})
    const everything = [
      await store.query.events({}),
      tasks,
      await Promise.all(tasks.map(({ id }) => store.query.attempts(id))),
      await store.documents.list('default', 'pullwright.last-config'),
      logger.text(),
      stage.fake.requests.map(({ headers: _headers, ...rest }) => rest),
      pullRequests,
      gitObjects(stage.fake.state.gitDirectory(REPOSITORY)),
    ]
    for (const form of [planted, Buffer.from(planted).toString('base64').slice(0, -3)]) {
      expect(JSON.stringify(everything).includes(form)).toBe(false)
    }
    await pullwright.stop()
  })

  it('and people stand as pseudonyms where a route asks for it', async () => {
    const pullwright = pullwrightOn(stage, [{ pseudonymise: true }])
    await pullwright.emitter.emit('environment.deployed', deployment())
    await pullwright.drain()
    const [pr] = await stage.fake.state.pullRequests(REPOSITORY)
    const file = await stage.fake.state.file(REPOSITORY, FILE, BRANCH)
    expect(`${pr?.body}${file}`).not.toContain('jane@example.com')
    expect(JSON.parse(file ?? '').deployed_by).toMatch(/^user-[0-9a-f]{10}$/)
    await pullwright.stop()
  })
})

describe('integrations', () => {
  it('of tenants are matched by the same function, with their own sealed credential', async () => {
    const token = stage.fake.state.createToken({ user: 'pullwright-bot' })
    const store = memoryStore()
    const pullwright = pullwrightOn(stage, [], { store })
    const tenant = pullwright.as({ project: 'tenant', subject: 'ada', capabilities: ['manage'] })
    const made = await tenant.integrations.create({
      vcs: 'github',
      repository: REPOSITORY,
      credential: token,
      rules: { when: { environment: 'production' }, labels: ['tenant'] },
    })
    expect(JSON.stringify([made, await store.integrations.list()])).not.toContain(token)
    expect(await tenant.integrations.test(made.id)).toMatchObject({ ok: true, defaultBranch: 'main', missing: [] })
    await pullwright.emitter.emit('environment.deployed', deployment(), { project: 'other' })
    await pullwright.drain()
    expect(await stage.fake.state.pullRequests(REPOSITORY)).toEqual([])
    await tenant.emitter.emit('environment.deployed', deployment())
    await pullwright.drain()
    expect(await stage.fake.state.pullRequests(REPOSITORY)).toMatchObject([{ labels: ['tenant'] }])
    await expect(pullwright.as({ project: 'other' }).integrations.get(made.id)).rejects.toMatchObject({
      code: 'not-found',
    })
    await tenant.integrations.remove(made.id)
    expect(await tenant.integrations.list()).toEqual([])
    expect((await tenant.audit.list()).map(({ action, actor }) => [action, actor])).toEqual([
      ['integration.create', 'ada'],
      ['integration.test', 'ada'],
      ['vcs.publishPullRequest', 'ada'],
      ['integration.remove', 'ada'],
    ])
    await pullwright.stop()
  })

  it('refuse a misspelt rule and an unknown adapter with advice', async () => {
    const pullwright = pullwrightOn(stage, [])
    const draft = { vcs: 'github', repository: REPOSITORY, credential: 'x' }
    const misspelt = { ...draft, rules: { lables: ['x'] } as object }
    await expect(pullwright.integrations.create(misspelt)).rejects.toMatchObject({
      code: 'invalid-argument',
      message: expect.stringContaining('lables'),
    })
    await expect(pullwright.integrations.create({ ...draft, vcs: 'gitlub' })).rejects.toMatchObject({
      message: expect.stringContaining('github'),
    })
    await pullwright.stop()
  })
})

function gitObjects(directory: string): string {
  const options = { cwd: directory, maxBuffer: 1 << 30 }
  return execFileSync('git', ['cat-file', '--batch-all-objects', '--batch', '--unordered'], options).toString('latin1')
}
