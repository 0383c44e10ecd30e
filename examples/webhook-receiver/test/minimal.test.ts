import { execFileSync } from 'node:child_process'
import { once } from 'node:events'
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { createServer, type Server } from 'node:http'
import { type AddressInfo, connect } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { createPullwright, type DeliveryCapture, generateKey, generateSecret, type Pullwright } from '@pullwright/core'
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from 'vitest'
import { COMMANDS, hasPython, type Receiver, startProgram } from './receivers.ts'

const here = (path: string) => fileURLToPath(new URL(path, import.meta.url))
const silent = () => undefined
const logger = { debug: silent, info: silent, warn: silent, error: silent }
const folder = mkdtempSync(join(tmpdir(), 'pullwright-minimal-'))

const [node, ...sources] = COMMANDS.Node.slice(0, -1)
/** How each of the three is started. */
const PROGRAMS: Record<string, readonly string[]> = {
  Node: [node ?? '', ...sources, here('../minimal/receive.mjs')],
  ...(hasPython() ? { Python: ['python3', here('../minimal/receive.py')] } : {}),
  ...(hasGo() ? { Go: [join(folder, 'receive')] } : {}),
}

beforeAll(() => {
  // Built, and not `go run`: that one leaves its child behind.
  if ('Go' in PROGRAMS) execFileSync('go', ['build', '-o', join(folder, 'receive'), here('../minimal/receive.go')])
  // The first build compiles Go's own library: a minute on two busy cores.
}, 180_000)
afterAll(() => rmSync(folder, { recursive: true, force: true }))

describe.each(Object.keys(PROGRAMS))('the receiver of the page in %s', (language) => {
  describe.each(['standard', 'agenta'] as const)('with %s', (scheme) => {
    const time = { ahead: 0 }
    let inbox: string
    let secret: string
    let receiver: Receiver
    let pullwright: Pullwright
    let relay: Server | null

    const start = async (secrets = secret) => {
      await receiver?.stop()
      const settings = { WEBHOOK_SECRET: secrets, SCHEME: scheme, INBOX: inbox }
      const port = receiver === undefined ? '0' : new URL(receiver.url).port
      receiver = await startProgram(PROGRAMS[language] ?? [], { ...settings, PORT: port })
    }
    const endpoint = (more: { url?: string; secret?: string } = {}) =>
      pullwright.webhooks.endpoints.create({
        ...{ url: receiver.url, secret, scheme, events: ['environment.deployed'] },
        ...more,
      })
    /** Emits, sends, and answers the newest delivery with the status it came to. */
    const deploy = async (revision: number) => {
      await pullwright.emitter.emit('environment.deployed', {
        ...{ app_name: 'support-bot', variant_name: 'v2', environment: 'production', revision },
        ...{ deployed_by: 'jane@example.com', config: { prompt: 'Zoë 🚀' } },
      })
      await pullwright.drain()
      const [newest] = await pullwright.webhooks.deliveries.list({ limit: 1 })
      return look(newest?.id ?? '')
    }
    const look = async (id: string) => {
      const { status, history } = await pullwright.webhooks.deliveries.get(id)
      return { id, status, answer: answerOf(history.at(-1)?.details) }
    }

    beforeEach(async () => {
      time.ahead = 0
      relay = null
      secret = generateSecret()
      inbox = mkdtempSync(join(folder, 'inbox-'))
      await start()
      pullwright = createPullwright({
        ...{ key: generateKey(), logger, clock: { now: () => Date.now() + time.ahead } },
        egress: { allowHttp: true, allow: ['127.0.0.0/8'] },
      })
      // A process is started, beside other tests.
    }, 60_000)
    afterEach(async () => {
      await pullwright.stop()
      await receiver.stop()
      relay?.close()
    })

    it('takes what Pullwright sends, works at it once, and knows it after a restart', async () => {
      await endpoint()
      const first = await deploy(1)
      expect(first).toMatchObject({ status: 'done', answer: 202 })
      expect(await receiver.line()).toBe(`handled environment.deployed ${first.id}`)
      const again = async () => {
        await pullwright.webhooks.deliveries.retry(first.id)
        await pullwright.drain()
        expect(await look(first.id)).toMatchObject({ status: 'done', answer: 200 })
      }
      await again()
      await start()
      await again()
      const second = await deploy(2)
      expect(await receiver.line()).toBe(`handled environment.deployed ${second.id}`)
    })

    it('finishes what a crash left undone', async () => {
      await receiver.stop()
      writeFileSync(join(inbox, 'dlv_left.json'), '{"event":"webhook.test","delivery_id":"dlv_left","data":{}}')
      writeFileSync(join(inbox, 'dlv_broken.json'), '{')
      await start()
      expect(await receiver.line()).toBe('handled webhook.test dlv_left')
    })

    it('refuses what was changed on the way, what another secret signed, and what nobody signed', async () => {
      relay = createServer(async (req, res) => {
        const chunks: Uint8Array[] = []
        for await (const chunk of req) chunks.push(chunk)
        const body = Buffer.concat(chunks).toString().replace('production', 'playground')
        const { host: _host, 'content-length': _length, ...headers } = req.headers
        const answer = await fetch(receiver.url, { method: 'POST', body, headers: headers as Record<string, string> })
        res.writeHead(answer.status).end()
      }).listen(0, '127.0.0.1')
      await once(relay, 'listening')
      const { id } = await endpoint({ url: `http://127.0.0.1:${(relay.address() as AddressInfo).port}/` })
      expect(await deploy(1)).toMatchObject({ status: 'dead', answer: 401 })
      await pullwright.webhooks.endpoints.remove(id)
      await endpoint({ secret: generateSecret() })
      expect(await deploy(2)).toMatchObject({ status: 'dead', answer: 401 })
      const odd = { 'webhook-id': 'a.b', 'webhook-timestamp': 'soon', 'x-agenta-signature': 't=,v1=x,v1' }
      for (const headers of [{}, odd]) {
        expect((await fetch(receiver.url, { method: 'POST', body: '{}', headers })).status).toBe(401)
      }
    })

    it('refuses what was signed over 300 seconds ago or ahead', async () => {
      await endpoint()
      const answers: unknown[] = []
      for (const seconds of [-310, -290, 290, 310]) {
        time.ahead = seconds * 1000
        answers.push((await deploy(seconds)).answer)
      }
      expect(answers).toEqual([401, 202, 202, 401])
    })

    it('loses nothing while the secret is changed', async () => {
      const { id } = await endpoint()
      const fresh = generateSecret()
      // It has both before Pullwright has the new one, then only the old one while both sign, then both again.
      await start(`${fresh} ${secret}`)
      expect(await deploy(1)).toMatchObject({ answer: 202 })
      await pullwright.webhooks.endpoints.rotateSecret(id, { secret: fresh, overlapSeconds: 60 })
      await start(secret)
      expect(await deploy(2)).toMatchObject({ answer: 202 })
      await start(`${fresh} ${secret}`)
      time.ahead = 61_000
      expect(await deploy(3)).toMatchObject({ answer: 202 })
      await start(secret)
      const refused = await deploy(4)
      expect(refused).toMatchObject({ status: 'dead', answer: 401 })
      await start(fresh)
      expect(await pullwright.webhooks.deliveries.recover({ endpoint: id, since: 0 })).toEqual({ recovered: 1 })
      await pullwright.drain()
      expect(await look(refused.id)).toMatchObject({ status: 'done', answer: 202 })
    })

    it('reads no more than a megabyte', async () => {
      const body = 'x'.repeat(1024 * 1024 + 1)
      const status = await fetch(receiver.url, { method: 'POST', body }).then(
        (answer) => answer.status,
        // It may hang up while we are still sending.
        () => 'hung up',
      )
      expect([413, 'hung up']).toContain(status)
      const socket = connect(Number(new URL(receiver.url).port), '127.0.0.1')
      socket.write('POST / HTTP/1.1\r\nHost: x\r\nContent-Length: -1\r\n\r\n')
      const [said] = await once(socket, 'data')
      expect(String(said)).toMatch(/^HTTP\/1\.\d 4\d\d /)
      socket.destroy()
    })
  })
})

it.each(Object.values(PROGRAMS))('says what is missing: %s', (command, ...rest) => {
  expect(() => execFileSync(command, rest, { env: { PATH: process.env.PATH }, stdio: 'pipe' })).toThrow(
    /Set WEBHOOK_SECRET/,
  )
})

/** The status that the receiver answered. */
function answerOf(details: unknown): number | undefined {
  return (details as DeliveryCapture | undefined)?.response?.status
}

/** Many machines lack it, so it is not asked for; the receiver in Go then goes untested there, which is said. */
function hasGo(): boolean {
  try {
    execFileSync('go', ['version'])
    return true
  } catch {
    console.warn('SKIPPED: the receiver in Go is not tested, because there is no `go` on the PATH')
    return false
  }
}
