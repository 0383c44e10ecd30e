import { describe, expect, it } from 'vitest'
import {
  createPullwright,
  generateKey,
  type HandlerContext,
  type Logger,
  memoryStore,
  type PullwrightOptions,
  type Vcs,
} from './index.ts'
import { learningBox, secretsAtStart } from './known-secrets.ts'
import { createSecretBox } from './secrets/secret-box.ts'

const none = { options: {}, adapters: [], plugins: [] }

describe('the environment', () => {
  const environment = {
    STRIPE_PUBLIC: 'plainword',
    APP_TOKEN: 'aB3dE5fG7hJ9',
    NODE_ENV: 'production-2',
    SECRET_MODE: 'production',
    DATABASE_URL: 'postgres://app:p%40ss1word@db/app',
    OTHER_URL: 'postgres://postgres:postgres@db/app',
  }

  it('gives the values that look like secrets under names that say so, and passwords of URLs', () => {
    expect(secretsAtStart({ ...none, environment })).toEqual([
      'aB3dE5fG7hJ9',
      environment.DATABASE_URL,
      'p%40ss1word',
      'p@ss1word',
    ])
  })

  it('gives what the host names whatever it looks like, and nothing where it is told to', () => {
    const asked = (value: boolean | string[]) =>
      secretsAtStart({ ...none, options: { redaction: { environment: value } }, environment })
    expect(asked(['stripe_*'])).toContain('plainword')
    expect(asked(false)).toEqual([])
  })
})

describe('a box that learns', () => {
  it('tells credentials and the values of headers, sealed or opened, and no words', async () => {
    const learnt: string[] = []
    const inner = createSecretBox(generateKey())
    const box = learningBox(inner, (secrets) => learnt.push(...secrets))
    await box?.seal('Zx81Kq22Lm93Np04')
    await box?.open(
      await inner.seal(JSON.stringify({ authorization: 'Bearer Qw3Er5Ty7Ui9Op1A', 'x-mode': 'production' })),
    )
    await box?.seal('a long sentence without anything in it')
    expect(learnt).toEqual(['Zx81Kq22Lm93Np04', 'Bearer Qw3Er5Ty7Ui9Op1A', 'Qw3Er5Ty7Ui9Op1A'])
  })
})

describe('what is known is hidden everywhere', () => {
  const secret = 'correct horse battery staple'
  const forms = [secret, Buffer.from(secret).toString('base64'), encodeURIComponent(secret)]
  const key = generateKey()

  function instance(options: PullwrightOptions) {
    const lines: string[] = []
    const keep = (fields: object, message: string) => void lines.push(JSON.stringify([message, fields]))
    const logger: Logger = { debug: keep, info: keep, warn: keep, error: keep }
    const store = memoryStore()
    return { lines, store, pullwright: createPullwright({ key, store, logger, ...options }) }
  }

  const plugin = {
    apiVersion: 1 as const,
    name: 'teller',
    secrets: () => [secret],
    handlers: {
      tell: {
        on: ['webhook.test'],
        run: ({ log, done }: HandlerContext) => {
          log.warn({ forms }, `says ${forms.join(' ')} ${key}`)
          return done({ forms })
        },
      },
    },
  }

  it('of a plugin: in logs, events and results', async () => {
    const { lines, store, pullwright } = instance({ plugins: [plugin] })
    await pullwright.migrate()
    await pullwright.emitter.emit('webhook.test', { message: forms.join(' ') + key })
    await pullwright.drain()
    const all = JSON.stringify([lines, await store.query.events({}), await store.query.tasks({})])
    expect(all).toContain('[REDACTED]')
    for (const form of [...forms, key]) expect(all).not.toContain(form)
    await pullwright.stop()
  })

  it('of an adapter', async () => {
    const vcs = { apiVersion: 1, name: 'forge', secrets: () => [secret] } as unknown as Vcs
    const { store, pullwright } = instance({ vcs: [vcs] })
    await pullwright.emitter.emit('webhook.test', { message: secret })
    expect(JSON.stringify(await store.query.events({}))).not.toContain(secret)
    await pullwright.stop()
  })

  it('of an endpoint, its own headers included', async () => {
    const { store, pullwright } = instance({})
    const made = await pullwright.webhooks.endpoints.create({
      url: 'https://example.com/hook',
      events: ['variant.created'],
      headers: { 'x-mine': 'Qw3Er5Ty7Ui9Op1A' },
    })
    await pullwright.emitter.emit('webhook.test', { message: `${made.secret.slice(6)} Qw3Er5Ty7Ui9Op1A` })
    const events = JSON.stringify(await store.query.events({}))
    expect(events).not.toContain('Qw3Er5Ty7Ui9Op1A')
    expect(events).not.toContain(made.secret.slice(6))
    await pullwright.stop()
  })
})
