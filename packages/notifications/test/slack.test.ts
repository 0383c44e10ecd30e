import { type InboundSource, memoryStore, type Plugin } from '@pullwright/core'
import fc from 'fast-check'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { type SlackOptions, slack } from '../src/index.ts'
import { exhausted, instance, pullRequest, slackSink } from './harness.ts'

const HOUR = 3_600_000
const MINUTE = 60_000

let sink: Awaited<ReturnType<typeof slackSink>>
const open: { stop(): Promise<void> }[] = []

beforeEach(async () => {
  sink = await slackSink()
})
afterEach(async () => {
  for (const one of open.splice(0)) await one.stop()
  await sink.close()
})

function start(
  options: Partial<SlackOptions> = {},
  ...more: Parameters<typeof instance> extends [Plugin[], ...infer Rest] ? Rest : never
) {
  const made = instance([slack({ webhookUrl: sink.webhookUrl, ...options })], ...more)
  open.push(made.pullwright)
  return made
}

describe('a Slack channel', () => {
  it('is told of each kind of event, in words and with a link', async () => {
    const { pullwright } = start({
      events: [
        ...(['pull_request.opened', 'delivery.exhausted', 'endpoint.disabled', 'credential.expiring'] as const),
        ...(['policy.blocked', 'deployment.blocked', 'drift.detected'] as const),
      ],
    })
    const { emitter } = pullwright
    const deployment = { app_name: 'support-bot', environment: 'production', revision: 15 }
    await emitter.emit('pull_request.opened', pullRequest(7))
    await emitter.emit('delivery.exhausted', exhausted('dlv_1'))
    const endpoint = { endpoint_id: 'end_2', url: 'https://hooks.example.com/in?token=abc', reason: 'HTTP 410' }
    await emitter.emit('endpoint.disabled', endpoint)
    await emitter.emit('credential.expiring', { kind: 'endpoint-secret', id: 'end_3', age_days: 90 })
    const policies = [{ policy: 'evaluation', reason: 'accuracy fell' }]
    await emitter.emit('policy.blocked', { ...deployment, policies, pull_request: pullRequest(8) })
    await emitter.emit('deployment.blocked', { ...deployment, reason: 'Revision 16 runs by now' })
    await emitter.emit('drift.detected', { ...deployment, documented_revision: 14, repository: 'acme/prompts' })
    await pullwright.drain()
    expect(sink.texts()).toEqual([
      '*Pull request acme/prompts#7 was opened*\nDeploy support-bot (revision 7)\n<https://github.com/acme/prompts/pull/7>',
      '*A delivery to endpoint end_1 was given up*\nDelivery dlv_1 of environment.deployed, after 8 attempts: HTTP 503\nIt can be retried.',
      '*Endpoint end_2 was disabled*\nhttps://hooks.example.com/in\nHTTP 410\nIt gets no deliveries until somebody enables it.',
      '*A credential should be replaced: endpoint-secret end_3*\nIt is 90 days old.',
      '*Policies block support-bot in production, revision 15*\nevaluation: accuracy fell\n<https://github.com/acme/prompts/pull/8>',
      '*Not deployed: support-bot in production, revision 15*\nRevision 16 runs by now',
      '*Git documents something else than support-bot in production, revision 15*\nDocumented: revision 14 in acme/prompts',
    ])
    expect(sink.posted[0]?.headers['content-type']).toBe('application/json')
  })

  it('is told of what was asked for, by project too', async () => {
    const { pullwright } = start({
      events: ['endpoint.disabled'],
      projects: { acme: ['pull_request.opened'], quiet: [] },
    })
    for (const project of ['default', 'acme', 'quiet']) {
      await pullwright.emitter.emit('pull_request.opened', pullRequest(1), { project })
      await pullwright.emitter.emit(
        'endpoint.disabled',
        { endpoint_id: project, url: 'https://a.example' },
        { project },
      )
    }
    await pullwright.drain()
    expect(
      sink
        .texts()
        .map((text) => text.split('\n')[0])
        .sort(),
    ).toEqual(['*Endpoint default was disabled*', '*Pull request acme/prompts#1 was opened*'])
  })

  it('is told of pull requests that Pullwright made, and not of everybody else’s', async () => {
    const source: InboundSource = {
      name: 'github',
      verify: () => ({ ok: true }),
      deliveryId: () => null,
      normalise: ({ json }) => [{ type: 'pull_request.opened', data: json ?? null }],
    }
    const { pullwright } = instance([
      slack({ webhookUrl: sink.webhookUrl }),
      { apiVersion: 1, name: 'forge', sources: [source] },
    ])
    open.push(pullwright)
    for (const data of [pullRequest(1), pullRequest(2, { identity: 'dep-2' })]) {
      const url = 'https://host.example/hooks/github'
      await pullwright.handler(new Request(url, { method: 'POST', body: JSON.stringify(data) }))
    }
    await pullwright.drain()
    expect(sink.texts()).toEqual([expect.stringContaining('acme/prompts#2')])
  })

  it('is told in the words of a template', async () => {
    const template = { title: '{{repository}}: {{title}}', text: 'In {{project}}: {{link}}' }
    const { pullwright } = start({ templates: { 'pull_request.opened': template } })
    await pullwright.emitter.emit('pull_request.opened', pullRequest(1, { title: '{{link}} & more' }))
    await pullwright.drain()
    expect(sink.texts()).toEqual([
      '*acme/prompts: {{link}} &amp; more*\nIn default: <https://github.com/acme/prompts/pull/1>',
    ])
  })
})

describe('what users wrote', () => {
  it('mentions nobody, links nothing and formats nothing', async () => {
    const { pullwright } = start()
    const title = '<!channel> <@U12345> <https://evil.example|click> *b* _i_ ~s~ `c` & a_b\n> q \u202e'
    const url = 'https://github.com/x|<!here>'
    await pullwright.emitter.emit('pull_request.opened', pullRequest(1, { title, url }))
    await pullwright.drain()
    const [, body, link] = sink.texts()[0]?.split('\n') ?? []
    expect(body).toBe(
      '&lt;!channel&gt; &lt;@U12345&gt; &lt;https://evil.example|click&gt; ∗b∗ ＿i＿ ∼s∼ ˋcˋ &amp; a_b &gt; q',
    )
    expect(link).toMatch(/^<https:\/\/github\.com\/[^<>|]*>$/)
    const [post] = sink.posted
    expect(post?.body).toMatchObject({ parse: 'none', link_names: false, unfurl_links: false })
    expect(post?.body.blocks[0]?.text).toMatchObject({ type: 'mrkdwn', verbatim: true })
  })

  it('is shortened, so that Slack takes the message', async () => {
    const { pullwright } = start()
    await pullwright.emitter.emit('pull_request.opened', pullRequest(1, { title: '&'.repeat(5_000) }))
    await pullwright.drain()
    const [text = ''] = sink.texts()
    expect(text.length).toBeLessThan(3_000)
    expect(text).toMatch(/\n(&amp;)+…\n/)
  })

  it('is a link only where it is one of the web', async () => {
    const { pullwright } = start()
    const urls = ['javascript:alert(1)', 'file:///etc/passwd', 'https://user:pw@a.example/', 'nonsense']
    for (const [number, url] of urls.entries())
      await pullwright.emitter.emit('pull_request.opened', pullRequest(number, { url }))
    await pullwright.drain()
    expect(sink.texts()).toHaveLength(4)
    for (const text of sink.texts()) expect(text).not.toContain('<')
  })

  it('has no brackets of its own and no line breaks, whatever it is', async () => {
    const { slackText } = await import('../src/slack-text.ts')
    fc.assert(
      fc.property(fc.string({ unit: 'binary', maxLength: 200 }), fc.integer({ min: 0, max: 100 }), (text, length) => {
        const told = slackText(text, length)
        expect(told).not.toMatch(/[<>\n\r*`~\u202e]/)
        expect(told.replace(/&(amp|lt|gt);/g, '')).not.toContain('&')
      }),
    )
  })
})

describe('one thing', () => {
  it('is told once within the window, and again after it', async () => {
    const { pullwright, after } = start()
    for (const delivery of ['dlv_1', 'dlv_2', 'dlv_3'])
      await pullwright.emitter.emit('delivery.exhausted', exhausted(delivery))
    await after(0)
    expect(sink.posted).toHaveLength(1)
    await pullwright.emitter.emit('delivery.exhausted', exhausted('dlv_4', { endpoint_id: 'end_2' }))
    await after(0)
    expect(sink.posted).toHaveLength(2)
    await after(HOUR)
    await pullwright.emitter.emit('delivery.exhausted', exhausted('dlv_5'))
    await after(0)
    expect(sink.posted).toHaveLength(3)
  })

  it('is told once when its task runs again', async () => {
    const { pullwright, store } = start()
    await pullwright.emitter.emit('pull_request.opened', pullRequest(1))
    await pullwright.drain()
    const [task] = await pullwright.tasks.list()
    await store.redrive({ statuses: ['done'], taskIds: [task?.id ?? ''], limit: 1, at: Date.UTC(2026, 0, 1) })
    await pullwright.drain()
    expect(sink.posted).toHaveLength(1)
  })

  it('is told once where noting it failed after it was sent', async () => {
    const store = memoryStore()
    const broken = { left: 1 }
    const put: typeof store.documents.put = async (write) => {
      if (sink.posted.length > 0 && broken.left-- > 0) throw new Error('the database went away')
      return store.documents.put(write)
    }
    const { pullwright, after } = start({}, { ...store, documents: { ...store.documents, put } })
    await pullwright.emitter.emit('pull_request.opened', pullRequest(1))
    await after(0)
    expect(await pullwright.tasks.list()).toMatchObject([{ status: 'retrying' }])
    await after(HOUR)
    expect(await pullwright.tasks.list()).toMatchObject([{ status: 'done', attempts: 2 }])
    expect(sink.posted).toHaveLength(1)
  })
})

describe('a burst', () => {
  it('becomes a few messages and one summary, in which nothing is lost', async () => {
    const { pullwright, after, store } = start({ maxPerMinute: 3 })
    for (let number = 1; number <= 30; number++)
      await pullwright.emitter.emit('pull_request.opened', pullRequest(number))
    await after(0)
    expect(sink.posted).toHaveLength(3)
    await after(MINUTE)
    expect(sink.posted).toHaveLength(4)
    const [title, ...lines] = sink.texts()[3]?.split('\n') ?? []
    expect(title).toBe('*27 notices from Pullwright*')
    expect(lines).toHaveLength(11)
    expect(lines[0]).toBe('• Pull request acme/prompts#4 was opened')
    expect(lines.at(-1)).toBe('… and 17 more')
    expect((await pullwright.tasks.list({ limit: 100 })).every(({ status }) => status === 'done')).toBe(true)
    const left = await store.documents.list('default', 'plugin:slack')
    expect(left.map(({ key }) => key)).toEqual(['book'])
    await after(MINUTE)
    expect(sink.posted).toHaveLength(4)
  })

  it('has each thing once in its summary, and one notice alone is told as it is', async () => {
    const { pullwright, after } = start({ maxPerMinute: 1 })
    await pullwright.emitter.emit('pull_request.opened', pullRequest(1))
    await pullwright.emitter.emit('delivery.exhausted', exhausted('dlv_1'))
    await pullwright.emitter.emit('delivery.exhausted', exhausted('dlv_2'))
    await after(0)
    await after(MINUTE)
    expect(sink.texts()[1]).toBe('*2 notices from Pullwright*\n• A delivery to endpoint end_1 was given up')
    await pullwright.emitter.emit('pull_request.opened', pullRequest(2))
    await after(0)
    await after(MINUTE)
    expect(sink.texts()[2]).toMatch(/^\*Pull request acme\/prompts#2 was opened\*\nDeploy support-bot/)
  })

  it('is counted for each project by itself', async () => {
    const { pullwright } = start({ maxPerMinute: 1 })
    for (const project of ['one', 'two'])
      await pullwright.emitter.emit('pull_request.opened', pullRequest(1), { project })
    await pullwright.drain()
    expect(sink.posted).toHaveLength(2)
  })
})

describe('Slack', () => {
  it('is left alone as long as it asks, without an attempt being counted', async () => {
    const { pullwright, after } = start()
    sink.next((response) => response.writeHead(429, { 'retry-after': '30' }).end())
    await pullwright.emitter.emit('pull_request.opened', pullRequest(1))
    await pullwright.emitter.emit('pull_request.opened', pullRequest(2))
    await after(0)
    await after(29_000)
    expect(sink.posted).toHaveLength(1)
    await after(1_000)
    expect(sink.posted).toHaveLength(3)
    expect(await pullwright.tasks.list()).toMatchObject([{ status: 'done' }, { status: 'done' }])
  })

  it('may fail for a while', async () => {
    const { pullwright, after } = start()
    sink.next(
      (response) => response.writeHead(503).end(),
      (response) => response.destroy(),
    )
    await pullwright.emitter.emit('pull_request.opened', pullRequest(1))
    await after(0)
    await after(HOUR)
    await after(HOUR)
    expect(await pullwright.tasks.list()).toMatchObject([{ status: 'done', attempts: 3 }])
    expect(sink.posted).toHaveLength(3)
  })

  it.each([400, 403, 404, 410])('that answers %i is not tried again before a person looks', async (status) => {
    const { pullwright, after } = start()
    sink.next((response) => response.writeHead(status).end('no_service'))
    await pullwright.emitter.emit('pull_request.opened', pullRequest(1))
    await after(0)
    expect(await pullwright.tasks.list()).toMatchObject([
      { status: 'dead', reason: expect.stringMatching(`Slack answered ${status}: no_service.*then retry`) },
    ])
    await after(HOUR)
    expect(sink.posted).toHaveLength(1)
    const [task] = await pullwright.tasks.list()
    await pullwright.tasks.retry(task?.id ?? '')
    await after(0)
    expect(await pullwright.tasks.list()).toMatchObject([{ status: 'done' }])
  })

  it('is not waited for for longer than the time-out', async () => {
    const { pullwright } = start({ timeoutMs: 100 })
    sink.next(() => undefined)
    await pullwright.emitter.emit('pull_request.opened', pullRequest(1))
    await pullwright.drain()
    expect(await pullwright.tasks.list()).toMatchObject([
      { status: 'retrying', reason: expect.stringContaining('timeout') },
    ])
  })

  it.each([
    ['gone', (url: string) => `${url}x`],
    ['nowhere', () => 'http://127.0.0.1:1/services/T0AB12CD3/secret-path-of-it'],
  ])('is %s: what is written down says so, and the URL is in none of it', async (_how, change) => {
    const webhookUrl = change(sink.webhookUrl)
    const { pullwright, everything } = start({ webhookUrl })
    await pullwright.emitter.emit('pull_request.opened', pullRequest(1))
    await pullwright.drain()
    expect(await pullwright.tasks.list()).toMatchObject([
      { reason: expect.stringMatching(/Slack (answered 404|was not reached)/) },
    ])
    expect(await everything()).not.toContain(new URL(webhookUrl).pathname.split('/').at(-1))
  })

  it('may repeat the URL: it is hidden', async () => {
    const { pullwright, everything } = start()
    sink.next((response) => response.writeHead(400).end(`no hook at ${sink.webhookUrl}`))
    await pullwright.emitter.emit('pull_request.opened', pullRequest(1))
    await pullwright.drain()
    expect(await pullwright.tasks.list()).toMatchObject([
      { status: 'dead', reason: expect.stringContaining('400: no hook at') },
    ])
    expect(await everything()).not.toContain(new URL(sink.webhookUrl).pathname.split('/').at(-1))
  })
})

describe('a mistake', () => {
  const url = 'https://hooks.example.com/services/T/B/x'
  it.each<[string, SlackOptions, RegExp]>([
    ['no URL', { webhookUrl: undefined }, /webhookUrl/],
    ['no web URL', { webhookUrl: 'slack' }, /webhookUrl/],
    [
      'an unknown variable',
      { webhookUrl: url, templates: { 'endpoint.disabled': { text: '{{oops}}' } } },
      /oops.*endpoint_id/s,
    ],
    [
      'an unknown event',
      { webhookUrl: url, events: ['nothing' as 'policy.blocked'] },
      /nothing.*pull_request\.opened/s,
    ],
    ['an unknown event in templates', { webhookUrl: url, templates: JSON.parse('{"toString":{}}') }, /toString/],
    ['no event at all', { webhookUrl: url, events: [] }, /events/],
    ['a rate of none', { webhookUrl: url, maxPerMinute: 0 }, /maxPerMinute/],
    ['a name that is none', { webhookUrl: url, name: 'A b' }, /name/],
    [
      'a template without end',
      { webhookUrl: url, templates: { 'endpoint.disabled': { text: 'x'.repeat(2_000) } } },
      /over 1500/,
    ],
  ])('is found when the plugin is made: %s', (_what, options, message) => {
    expect(() => slack(options)).toThrow(message)
    expect(() => slack(options)).toThrow(expect.objectContaining({ code: 'invalid-argument' }))
  })
})
