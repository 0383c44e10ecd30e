import { afterEach, describe, expect, it } from 'vitest'
import { type EmailOptions, email } from '../src/index.ts'
import { instance, pullRequest } from './harness.ts'
import { selfSigned } from './self-signed.ts'
import { smtpServer } from './smtp-server.ts'

const PASSWORD = ['Tr4ining', 'Wh33ls', 'Zq81xT'].join('-')
const PLAIN = Buffer.from(`\u0000bot\u0000${PASSWORD}`).toString('base64')
const here = selfSigned('127.0.0.1')
const elsewhere = selfSigned('192.0.2.7')

const closing: (() => Promise<unknown>)[] = []
afterEach(async () => {
  for (const close of closing.splice(0).reverse()) await close()
})

/** `trusted`: what the client knows; null for what Node knows. */
async function setUp(options: { fromStart: boolean; certificate?: typeof here; trusted?: typeof here | null }) {
  const { fromStart, certificate = here, trusted = certificate } = options
  const server = await smtpServer({ tls: { ...certificate, fromStart } })
  closing.push(server.close)
  const auth = { user: 'bot', pass: PASSWORD }
  const given: EmailOptions = {
    smtp: { host: '127.0.0.1', port: server.port, secure: fromStart, auth, ...(trusted && { ca: trusted.cert }) },
    from: 'bot@example.com',
    to: 'ops@example.com',
  }
  const made = instance([email(given)])
  closing.push(() => made.pullwright.stop())
  await made.pullwright.emitter.emit('pull_request.opened', pullRequest(7))
  await made.pullwright.drain()
  const [task] = await made.pullwright.tasks.list()
  return { ...made, server, task }
}

describe.each([
  ['STARTTLS', false],
  ['TLS from the start', true],
])('mail over %s', (_name, fromStart) => {
  it('goes out where the certificate is trusted, and the password with it', async () => {
    const { server, task } = await setUp({ fromStart })
    expect(task).toMatchObject({ status: 'done' })
    expect(server.mails).toMatchObject([{ to: ['ops@example.com'], auth: PLAIN }])
    const clear = fromStart ? [] : server.commands.slice(0, server.commands.indexOf('STARTTLS') + 1)
    expect(clear.filter((line) => !/^(EHLO|STARTTLS)/.test(line))).toEqual([])
  })

  it.each([
    ['nobody vouches for', { trusted: selfSigned('127.0.0.1') }],
    ['Node does not know', { trusted: null }],
    ['is for another host', { certificate: elsewhere }],
  ])('does not, where the certificate is one that %s: the task says what to mend', async (_what, options) => {
    const { server, task, everything } = await setUp({ fromStart, ...options })
    expect(task).toMatchObject({
      status: 'retrying',
      reason: expect.stringMatching(/(CERT|ALTNAME|UNABLE).*certificate.*`smtp\.ca`/),
    })
    expect(server.mails).toEqual([])
    expect(server.commands.join()).not.toMatch(/AUTH|MAIL/)
    expect(await everything()).not.toContain(PASSWORD)
  })

  it('ends where the password is refused, without telling it', async () => {
    const server = await smtpServer({ tls: { ...here, fromStart } })
    closing.push(server.close)
    server.faults.AUTH = [`535 5.7.8 wrong: ${PLAIN} and ${PASSWORD}`]
    const smtp = { host: '127.0.0.1', port: server.port, secure: fromStart, ca: here.cert }
    const auth = { user: 'bot', pass: PASSWORD }
    const made = instance([email({ smtp: { ...smtp, auth }, from: 'bot@example.com', to: 'ops@example.com' })])
    closing.push(() => made.pullwright.stop())
    await made.pullwright.emitter.emit('pull_request.opened', pullRequest(7))
    await made.pullwright.drain()
    expect(await made.pullwright.tasks.list()).toMatchObject([
      { status: 'dead', reason: expect.stringMatching(/535.*working user and password, then retry/) },
    ])
    const all = await made.everything()
    for (const secret of [PASSWORD, PLAIN, Buffer.from(PASSWORD).toString('base64')]) expect(all).not.toContain(secret)
  })
})
