const assert = require('node:assert/strict')
const { mkdtempSync, rmSync } = require('node:fs')
const { tmpdir } = require('node:os')
const { join } = require('node:path')
const { deploy, quiet } = require('./deploy.cjs')

/** The example that the Standard Webhooks specification gives: https://github.com/standard-webhooks/standard-webhooks */
const EXAMPLE = {
  secret: 'whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw',
  id: 'msg_p5jXN8AQM9LWM0D4loKWxJek',
  timestamp: new Date(1614265330 * 1000),
  body: '{"test": 2432232314}',
  signature: 'v1,g0hM9SsE+OTPJTGt/tmIKtSyZlE3uFJELVlNIOLJ1OE=',
}

/** What is asked of each package, as a host would ask it. */
exports.uses = [
  {
    from: '@pullwright/core',
    name: 'loads undici at first use and not before',
    run() {
      assert.deepEqual(
        Object.keys(require.cache).filter((file) => file.includes('undici')),
        [],
      )
    },
  },
  { from: '@pullwright/core', name: 'signs and verifies', run: signsAndVerifies },
  { from: '@pullwright/core/signing', name: 'signs and verifies', run: signsAndVerifies },
  {
    from: '@pullwright/core/client',
    name: 'asks the admin API, which says no to strangers',
    async run({ createClient, isPullwrightError }, load) {
      const { createPullwright, createPullwrightHandler } = await load('@pullwright/core')
      const pullwright = createPullwright({ logger: quiet })
      const capabilities = ['view']
      const authorize = ({ headers }) =>
        headers.has('x-user') ? { subject: headers.get('x-user'), project: 'default', capabilities } : null
      const handler = createPullwrightHandler(pullwright, { authorize, admin: true })
      const options = { baseUrl: 'http://127.0.0.1', fetch: (url, init) => handler(new Request(url, init)) }
      const client = createClient({ ...options, headers: { 'x-user': 'ada' } })
      assert.deepEqual(await client.endpoints.list(), { data: [], next_cursor: null })
      assert.equal((await client.service.openapi()).openapi, '3.1.0')
      await assert.rejects(Promise.resolve(createClient(options).events.list()), (error) => {
        return isPullwrightError(error) && error.code === 'unauthorized' && error.status === 401
      })
      await pullwright.stop()
    },
  },
  {
    from: '@pullwright/core/vcs',
    name: 'hides a marker and decides what an adapter is to do, with the errors of the package it belongs to',
    async run({ readMarker, toJob, decide, bodyOf }, load) {
      const { isVcsError } = await load('@pullwright/core')
      const body = { size: 10_000, unit: 'bytes' }
      const rules = { forge: 'Plain git', markerStyle: 'link', title: 72, body, commitBytes: 1000 }
      const files = [{ path: 'a.json', content: '{}' }]
      const text = { commitMessage: 'Deploy', title: 'Deploy', body: 'Why.' }
      const spec = {
        repository: 'acme/a',
        base: 'main',
        branch: 'b',
        kind: 'document',
        identity: 'one',
        files,
        ...text,
      }
      const job = toJob(spec, rules)
      assert.equal(readMarker(bodyOf(job)).identity, 'one')
      const base = { oid: 'c4a1e8c5f0e7ad4b4d8e9d38a1e3f0c2b7a6d5e4', files: new Map() }
      const state = { base, head: null, clash: null, open: [], merged: [], relocated: [] }
      const { kind, branch, changes } = decide(job, state, {})
      assert.deepEqual([kind, branch, changes.map(({ path }) => path)], ['create', 'create', ['a.json']])
      const refused = () => toJob({ ...spec, files: [{ path: '../a', content: '' }] }, rules)
      assert.throws(refused, (error) => isVcsError(error) && error.code === 'invalid')
    },
  },
  {
    from: '@pullwright/core',
    name: 'tells what changed, and redacts it',
    run({ diffConfig, applyDiff, toConfigDiffPayload, createRedactor }) {
      const before = { model: 'gpt-4o', api_key: 'one', messages: [{ role: 'system', content: 'Be kind.' }] }
      const after = { model: 'gpt-4.1', api_key: 'two', messages: [{ role: 'system', content: 'Be kind and brief.' }] }
      const diff = diffConfig(before, after)
      assert.deepEqual(applyDiff(before, diff), after)
      const payload = toConfigDiffPayload(createRedactor({}).diff(diff))
      assert.deepEqual(payload.modified.model, { old: 'gpt-4o', new: 'gpt-4.1' })
      assert.ok(payload.modified['messages[0].content'])
      assert.deepEqual(Object.keys(payload.modified).sort(), ['api_key', 'messages[0].content', 'model'])
      assert.doesNotMatch(JSON.stringify(payload), /"(one|two)"/)
    },
  },
  {
    from: '@pullwright/core',
    name: 'seals and opens',
    async run({ createSecretBox }) {
      const box = createSecretBox(Buffer.alloc(32, 7).toString('base64'))
      assert.equal(await box.open(await box.seal('hush')), 'hush')
    },
  },
  {
    from: '@pullwright/core',
    name: 'knows its errors when they come from the other build',
    async run({ isPullwrightError }, load) {
      const other = load('node:url') instanceof Promise ? require('@pullwright/core') : await import('@pullwright/core')
      assert.ok(isPullwrightError(new other.PullwrightError('invalid-argument', 'Say something else.')))
      assert.ok(!isPullwrightError(new Error('Say something else.')))
    },
  },
  {
    from: '@pullwright/core',
    name: 'records an event once, and ends',
    async run({ createPullwright, memoryStore }) {
      const pullwright = createPullwright({ store: memoryStore(), logger: quiet })
      const event = {
        app_name: 'bot',
        variant_name: 'v',
        environment: 'production',
        revision: 1,
        deployed_by: 'ada',
        config: {},
      }
      const first = await pullwright.emitter.emit('environment.deployed', event, { idempotencyKey: 'a' })
      const second = await pullwright.emitter.emit('environment.deployed', event, { idempotencyKey: 'a' })
      assert.deepEqual([first.status, second.status], ['recorded', 'duplicate'])
      assert.equal(first.id, second.id)
      await pullwright.drain()
      await pullwright.stop()
    },
  },
  {
    from: '@pullwright/deployments',
    name: 'a deployment becomes a pull request, over @pullwright/github and @pullwright/testkit',
    run: (_, load) => deploy(load),
  },
  {
    from: '@pullwright/bitbucket',
    name: 'asks Bitbucket for a pull request',
    async run({ bitbucket }) {
      const end = (name) => ({ branch: { name }, commit: { hash: 'c4a1e8c5f0e7ad4b4d8e9d38a1e3f0c2b7a6d5e4' } })
      const told = { id: 7, title: 'Seven', state: 'OPEN', source: end('seven'), destination: end('main') }
      const send = async ({ url }) => ({
        status: 200,
        headers: { 'content-type': 'application/json' },
        body: Buffer.from(JSON.stringify({ ...told, description: url })),
        truncated: false,
        timings: { dns: null, connect: null, tls: null, firstByte: null, total: 0 },
      })
      const vcs = bitbucket({ auth: { token: 'none' }, transport: { send, fetch, close: async () => {} } })
      const { number, branch, state, body } = await vcs.getPullRequest('acme/prompts', 7)
      assert.deepEqual([number, branch, state], [7, 'seven', 'open'])
      assert.equal(body, 'https://api.bitbucket.org/2.0/repositories/acme/prompts/pullrequests/7')
    },
  },
  {
    from: '@pullwright/github',
    name: 'makes an adapter, and the manifest of an App',
    run({ github, githubApp }) {
      const app = githubApp.manifest({ name: 'Acme', baseUrl: 'https://app.example.com', features: ['statuses'] })
      assert.deepEqual(app.default_permissions, { metadata: 'read', statuses: 'write' })
      const vcs = github({ name: 'enterprise', auth: { token: 'none' }, baseUrl: 'https://github.example/api/v3' })
      assert.equal(vcs.name, 'enterprise')
      assert.equal(vcs.apiVersion, 1)
    },
  },
  {
    from: '@pullwright/gitlab',
    name: 'asks a GitLab under a path for a merge request',
    async run({ gitlab }) {
      const told = { iid: 7, title: 'Draft: Seven', draft: true, state: 'opened', description: '', labels: [] }
      const send = async ({ url, headers }) => ({
        status: 200,
        headers: { 'content-type': 'application/json' },
        body: Buffer.from(JSON.stringify({ ...told, web_url: url, source_branch: headers['private-token'] })),
        truncated: false,
        timings: { dns: null, connect: null, tls: null, firstByte: null, total: 0 },
      })
      const transport = { send, fetch, close: async () => {} }
      const vcs = gitlab({ auth: { token: 'none' }, baseUrl: 'https://example.com/gitlab', transport })
      const { title, draft, branch, url } = await vcs.getPullRequest('acme/tools/prompts', 7)
      assert.deepEqual([title, draft, branch], ['Seven', true, 'none'])
      assert.equal(url, 'https://example.com/gitlab/api/v4/projects/acme%2Ftools%2Fprompts/merge_requests/7')
    },
  },
  {
    from: '@pullwright/postgres',
    name: 'makes a store, which says so where no server answers',
    async run({ postgres }) {
      const store = postgres({ connectionString: 'postgres://nobody@127.0.0.1:1/none' })
      assert.equal(store.name, 'postgres')
      await assert.rejects(store.migrate(), { code: 'store' })
      await store.close()
    },
  },
  {
    from: '@pullwright/sqlite',
    name: 'keeps an event over a restart, in a transaction of the host',
    async run({ sqlite, sqliteTransaction }, load) {
      const { createPullwright } = await load('@pullwright/core')
      const { default: Database } = await import('libsql')
      const folder = mkdtempSync(join(tmpdir(), 'pullwright-consumer-'))
      const file = join(folder, 'store.db')
      const first = createPullwright({ store: sqlite({ file }), logger: quiet })
      await first.migrate()
      const database = new Database(file)
      database.exec('BEGIN IMMEDIATE')
      const event = { app_name: 'bot', variant_name: 'v' }
      const transaction = sqliteTransaction(database)
      const { id } = await first.emitter.emit('variant.created', event, { transaction })
      database.exec('COMMIT')
      await first.stop()
      const second = createPullwright({ store: sqlite({ database }), logger: quiet })
      assert.equal((await second.events.get(id)).id, id)
      await second.stop()
      database.close()
      rmSync(folder, { recursive: true, force: true })
    },
  },
  {
    from: '@pullwright/testkit',
    name: 'its conformance suite passes on the memory store',
    async run({ storeConformance }, load) {
      const { memoryStore } = await load('@pullwright/core')
      const cases = storeConformance({ create: async () => memoryStore() })
      assert.ok(cases.length > 20)
      for (const { run } of cases) await run()
    },
  },
  {
    from: '@pullwright/testkit',
    name: 'judges an adapter on a forge that stands in this process',
    async run({ fakeGitLab, vcsConformance }, load) {
      const { gitlab } = await load('@pullwright/gitlab')
      const open = async () => {
        const forge = await fakeGitLab()
        await forge.state.createProject({ path: 'acme/prompts' })
        const token = forge.state.createToken()
        const vcs = gitlab({ auth: { token }, baseUrl: forge.url })
        const close = async () => {
          await vcs.close()
          await forge.close()
        }
        return { vcs, repository: 'acme/prompts', base: 'main', secrets: [token], close }
      }
      const cases = vcsConformance({ open })
      assert.ok(cases.filter(({ needs }) => needs.length === 0).length >= 25)
      const one = cases.find(({ name }) => name === 'reading: the adapter says what it is')
      assert.deepEqual(await one.run(), { status: 'passed' })
    },
  },
  {
    from: '@pullwright/agenta',
    name: 'makes a plugin with a source',
    run({ agenta }) {
      const plugin = agenta({ secret: 'a secret of thirty-two characters', apiKey: 'none' })
      assert.equal(plugin.apiVersion, 1)
      assert.equal(plugin.sources[0].name, 'agenta')
    },
  },
  {
    from: '@pullwright/jira',
    name: 'knows what an issue that Jira tells of is',
    run({ jira }) {
      const { sources, events } = jira({ secret: 'none' })
      const json = { webhookEvent: 'jira:issue_deleted', issue: { id: '1', key: 'SP-1' } }
      const [event] = sources[0].normalise({ headers: {}, body: new Uint8Array(), receivedAt: 0, json })
      assert.equal(event.type, 'issue.deleted')
      assert.equal(event.data.project_key, 'SP')
      assert.ok(events.some(({ type }) => type === event.type))
    },
  },
  {
    from: '@pullwright/notifications',
    name: 'tells Slack of an opened pull request, and makes a plugin for mail',
    async run({ slack, email }, load) {
      const { createPullwright } = await load('@pullwright/core')
      const posted = []
      const send = async ({ body }) => {
        posted.push(JSON.parse(body).text)
        const timings = { dns: null, connect: null, tls: null, firstByte: null, total: 0 }
        return { status: 200, headers: {}, body: Buffer.from('ok'), truncated: false, timings }
      }
      const transport = { send, fetch, close: async () => {} }
      const plugins = [
        slack({ webhookUrl: 'https://hooks.slack.example/services/x', transport, events: ['pull_request.opened'] }),
        email({ smtp: 'smtp://127.0.0.1:1', from: 'a@example.com', to: 'b@example.com', events: ['policy.blocked'] }),
      ]
      const pullwright = createPullwright({ plugins, logger: quiet })
      const opened = { vcs: 'github', repository: 'acme/prompts', number: 7, url: 'https://example.com/7' }
      await pullwright.emitter.emit('pull_request.opened', opened)
      await pullwright.drain()
      await pullwright.stop()
      assert.deepEqual(posted, ['Pull request acme/prompts#7 was opened'])
    },
  },
  {
    from: '@pullwright/express-adapter',
    name: 'answers health checks in an Express app',
    async run({ pullwrightExpress }, load) {
      const { createPullwright } = await load('@pullwright/core')
      const express = require('express')
      const pullwright = createPullwright({ logger: quiet })
      await pullwright.start()
      const server = express().use('/pullwright', pullwrightExpress(pullwright)).listen(0, '127.0.0.1')
      await new Promise((resolve) => server.once('listening', resolve))
      const { status } = await fetch(`http://127.0.0.1:${server.address().port}/pullwright/healthz`)
      server.close()
      server.closeAllConnections()
      await pullwright.stop()
      assert.equal(status, 200)
    },
  },
]

function signsAndVerifies({ signWebhook, verifyWebhook, schemes }) {
  const { secret, signature, ...message } = EXAMPLE
  const headers = signWebhook(schemes.standard, { secrets: [secret], ...message })
  assert.equal(headers['webhook-signature'], signature)
  const received = { secrets: [secret], headers, now: message.timestamp }
  assert.equal(verifyWebhook(schemes.standard, { ...received, body: message.body }).ok, true)
  assert.deepEqual(verifyWebhook(schemes.standard, { ...received, body: `${message.body} ` }), {
    ok: false,
    reason: 'no-match',
  })
}
