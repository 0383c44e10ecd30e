import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { type EmailOptions, email } from '../src/index.ts'
import { exhausted, instance, pullRequest } from './harness.ts'
import { smtpServer } from './smtp-server.ts'

const HOUR = 3_600_000
const PASSWORD = ['Tr4ining', 'Wh33ls', 'Zq81xT'].join('-')
const PLAIN = Buffer.from(`\u0000bot\u0000${PASSWORD}`).toString('base64')

let server: Awaited<ReturnType<typeof smtpServer>>
const open: { stop(): Promise<void> }[] = []

beforeEach(async () => {
  server = await smtpServer()
})
afterEach(async () => {
  for (const one of open.splice(0)) await one.stop()
  await server.close()
})

const relay = () => ({ host: '127.0.0.1', port: server.port, requireTls: false, auth: { user: 'bot', pass: PASSWORD } })

function start(options: Partial<EmailOptions> = {}) {
  const from = 'Pullwright <bot@example.com>'
  const made = instance([email({ smtp: relay(), from, to: ['ops@example.com', 'dev@example.com'], ...options })])
  open.push(made.pullwright)
  return made
}

/** A header with its folded lines, encoded words read. */
function header(source: string, name: string): string {
  const [head = ''] = source.split('\r\n\r\n')
  const line = head.replace(/\r\n[ \t]+/g, ' ').split('\r\n')
  const value = line.find((one) => one.toLowerCase().startsWith(`${name.toLowerCase()}:`))?.slice(name.length + 2) ?? ''
  return value
    .replace(/\?= =\?/g, '?==?')
    .replace(/=\?UTF-8\?B\?(.*?)\?=/gi, (_, text: string) => Buffer.from(text, 'base64').toString())
    .replace(/=\?UTF-8\?Q\?(.*?)\?=/gi, (_, text: string) => unquoted(text.replaceAll('_', ' ')))
}

function unquoted(text: string): string {
  const bytes = text
    .replace(/=\r\n/g, '')
    .replace(/=([0-9A-F]{2})/g, (_, hex: string) => String.fromCharCode(Number.parseInt(hex, 16)))
  return Buffer.from(bytes, 'latin1').toString()
}

function part(source: string, type: string): string {
  const found = source.split(/\r\n--[^\r\n]+/).find((one) => one.toLowerCase().includes(`content-type: ${type}`)) ?? ''
  const [head = '', ...rest] = found.split('\r\n\r\n')
  const body = rest.join('\r\n\r\n')
  if (/base64/i.test(head)) return Buffer.from(body, 'base64').toString()
  return /quoted-printable/i.test(head) ? unquoted(body) : body
}

describe('a mailbox', () => {
  it('gets a mail for each thing, with a subject, a text and HTML', async () => {
    const { pullwright } = start()
    await pullwright.emitter.emit('pull_request.opened', pullRequest(7))
    await pullwright.emitter.emit('delivery.exhausted', exhausted('dlv_1'))
    await pullwright.emitter.emit('delivery.exhausted', exhausted('dlv_2'))
    await pullwright.drain()
    expect(server.mails).toHaveLength(2)
    const [mail] = server.mails
    expect(mail).toMatchObject({ from: 'bot@example.com', to: ['ops@example.com', 'dev@example.com'], auth: PLAIN })
    const source = mail?.source ?? ''
    expect(header(source, 'Subject')).toBe('[Pullwright] Pull request acme/prompts#7 was opened')
    expect(header(source, 'From')).toBe('Pullwright <bot@example.com>')
    expect(header(source, 'Auto-Submitted')).toBe('auto-generated')
    const link = 'https://github.com/acme/prompts/pull/7'
    expect(part(source, 'text/plain')).toContain(`Deploy support-bot (revision 7)\n${link}`.replace('\n', '\r\n'))
    expect(part(source, 'text/html')).toContain('<p>Deploy support-bot (revision 7)<br>')
  })

  it('is told of each kind of event', async () => {
    const { pullwright } = start()
    const { emitter } = pullwright
    await emitter.emit('pull_request.opened', pullRequest(7))
    await emitter.emit('delivery.exhausted', exhausted('dlv_1'))
    await emitter.emit('endpoint.disabled', { endpoint_id: 'end_2', url: 'https://a.example/?token=t0k3n' })
    await emitter.emit('credential.expiring', { kind: 'endpoint-secret', id: 'end_3', age_days: 90 })
    await emitter.emit('policy.blocked', { app_name: 'bot', environment: 'production', policies: [] })
    await pullwright.drain()
    expect(server.mails.map(({ source }) => header(source, 'Subject'))).toEqual([
      '[Pullwright] Pull request acme/prompts#7 was opened',
      '[Pullwright] A delivery to endpoint end_1 was given up',
      '[Pullwright] Endpoint end_2 was disabled',
      '[Pullwright] A credential should be replaced: endpoint-secret end_3',
      '[Pullwright] Policies block bot in production',
    ])
    expect(JSON.stringify(server.mails)).not.toContain('t0k3n')
  })

  it('gets one summary of a burst', async () => {
    const { pullwright, after } = start({ maxPerMinute: 2 })
    for (let number = 1; number <= 9; number++)
      await pullwright.emitter.emit('pull_request.opened', pullRequest(number))
    await after(0)
    await after(60_000)
    expect(server.mails).toHaveLength(3)
    expect(header(server.mails[2]?.source ?? '', 'Subject')).toBe('[Pullwright] 7 notices from Pullwright')
    expect(part(server.mails[2]?.source ?? '', 'text/plain')).toContain('• Pull request acme/prompts#9 was opened')
  })

  it('gets no header and no HTML out of what users wrote', async () => {
    const templates = { 'pull_request.opened': { title: '{{title}}', text: '{{title}}' } }
    const { pullwright } = start({ templates })
    const title = 'Hi\r\nBcc: evil@example.com\r\n\r\n<script>alert(1)</script><img src=x>\u2028Ω'
    await pullwright.emitter.emit('pull_request.opened', pullRequest(1, { title }))
    await pullwright.drain()
    const [{ source = '', to = [] } = {}] = server.mails
    expect(to).toEqual(['ops@example.com', 'dev@example.com'])
    expect(source).not.toMatch(/^Bcc:/im)
    const line = 'Hi Bcc: evil@example.com <script>alert(1)</script><img src=x> Ω'
    expect(header(source, 'Subject')).toBe(`[Pullwright] ${line}`)
    expect(part(source, 'text/html')).toContain('&lt;script&gt;alert(1)&lt;/script&gt;&lt;img src=x&gt;')
    expect(part(source, 'text/html')).not.toMatch(/<(script|img)/)
  })
})

describe('a mail server', () => {
  it('may refuse for now: the same mail comes later, under the same id', async () => {
    const { pullwright, after } = start()
    server.faults.BODY = ['451 try again']
    server.faults.MAIL = ['250 ok', '421 closing']
    await pullwright.emitter.emit('pull_request.opened', pullRequest(1))
    await after(0)
    expect(await pullwright.tasks.list()).toMatchObject([
      { status: 'retrying', reason: expect.stringContaining('451') },
    ])
    await after(HOUR)
    await after(HOUR)
    expect(await pullwright.tasks.list()).toMatchObject([{ status: 'done', attempts: 3 }])
    expect(header(server.mails[0]?.source ?? '', 'Message-ID')).toMatch(/^<[0-9a-f]{32}@example\.com>$/)
  })

  it.each([
    ['the mail', { BODY: ['550 no such user'] }, /550.*from/],
    ['every recipient', { RCPT: ['550 unknown', '550 unknown'] }, /550/],
    ['the password', { AUTH: [`535 wrong: ${PLAIN} and ${PASSWORD}`] }, /535.*password/],
  ])('may refuse %s for good: the task says so, without the password', async (_what, faults, reason) => {
    const { pullwright, everything } = start()
    Object.assign(server.faults, faults)
    await pullwright.emitter.emit('pull_request.opened', pullRequest(1))
    await pullwright.drain()
    expect(await pullwright.tasks.list()).toMatchObject([{ status: 'dead', reason: expect.stringMatching(reason) }])
    const all = await everything()
    expect(all).not.toContain(PASSWORD)
    expect(all).not.toContain(PLAIN)
  })

  it('may refuse one recipient: the others get it, and the log says so', async () => {
    const { pullwright, logged } = start()
    server.faults.RCPT = ['550 unknown']
    await pullwright.emitter.emit('pull_request.opened', pullRequest(1))
    await pullwright.drain()
    expect(server.mails).toMatchObject([{ to: ['dev@example.com'] }])
    expect(JSON.stringify(logged)).toContain('Refused for 1 of them')
  })

  it('without TLS never sees a password, unless that was said', async () => {
    const { pullwright } = start({ smtp: `smtp://bot:${PASSWORD}@127.0.0.1:${server.port}` })
    await pullwright.emitter.emit('pull_request.opened', pullRequest(1))
    await pullwright.drain()
    expect(await pullwright.tasks.list()).toMatchObject([
      { status: 'dead', reason: expect.stringMatching(/502.*requireTls/) },
    ])
    expect(server.commands.join('\n')).not.toMatch(/AUTH|MAIL/)
  })

  it('may be silent or not there: it is tried again', async () => {
    const silent = await smtpServer({ silent: true })
    const { pullwright } = start({ smtp: { host: '127.0.0.1', port: silent.port }, timeoutMs: 100 })
    await pullwright.emitter.emit('pull_request.opened', pullRequest(1))
    await pullwright.drain()
    expect(await pullwright.tasks.list()).toMatchObject([
      { status: 'retrying', reason: expect.stringContaining('ETIMEDOUT') },
    ])
    await silent.close()
  })
})

describe('a mistake', () => {
  const good = { smtp: { host: 'smtp.example.com' }, from: 'a@example.com', to: 'b@example.com' }
  it.each<[string, Partial<EmailOptions>]>([
    ['no server', { smtp: undefined }],
    ['an odd URL', { smtp: 'https://smtp.example.com' }],
    ['half a login', { smtp: { host: 'smtp.example.com', auth: { user: 'a', pass: '' } } }],
    ['a sender that is none', { from: 'nobody' }],
    ['a header in an address', { to: 'a@example.com\r\nBcc: c@example.com' }],
    ['two addresses in one', { to: 'a@example.com, c@example.com' }],
    ['nobody to tell', { to: [] }],
    ['an unknown variable', { templates: { 'policy.blocked': { title: '{{attempts}}' } } }],
  ])('is found when the plugin is made: %s', (_what, change) => {
    expect(() => email({ ...good, ...change })).toThrow(expect.objectContaining({ code: 'invalid-argument' }))
  })

  it('is none of these', () => {
    for (const smtp of ['smtps://u:p%40ss@smtp.example.com', 'smtp://127.0.0.1:25']) email({ ...good, smtp })
    email({ ...good, from: 'Ops Team <ops@example.com>' })
  })
})
