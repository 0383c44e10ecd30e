import { describe, expect, it } from 'vitest'
import { createPullwright, type JsonObject, memoryStore } from '../src/index.ts'
import { deployed, plugin, setUp } from './harness.ts'

const keeper = () => plugin({ keep: { on: ['environment.deployed'], needs: ['config'], run: () => undefined } })
const planted = () => ['sk', 'proj', 'a1B2'.repeat(12)].join('-')

describe('emit', () => {
  it('records the same idempotency key once in a project and answers with the first id', async () => {
    const { pullwright } = setUp()
    const first = await pullwright.emitter.emit('environment.deployed', deployed, { idempotencyKey: 'k' })
    const again = await pullwright.emitter.emit(
      'environment.deployed',
      { ...deployed, revision: 99 },
      { idempotencyKey: 'k' },
    )
    const other = await pullwright.emitter.emit('environment.deployed', deployed, {
      idempotencyKey: 'k',
      project: 'p2',
    })
    expect(first.status).toBe('recorded')
    expect(again).toEqual({ id: first.id, status: 'duplicate' })
    expect(other.status).toBe('recorded')
    expect(await pullwright.events.list()).toHaveLength(1)
  })

  it('records nothing of a bad event', async () => {
    const { pullwright } = setUp()
    const bad = { app_name: 'x' } as unknown as typeof deployed
    await expect(pullwright.emitter.emit('environment.deployed', bad)).rejects.toMatchObject({ code: 'invalid-event' })
    expect(await pullwright.events.list({ project: '*' })).toEqual([])
  })

  it('tells listeners of this process after the commit, and a failing listener harms nothing', async () => {
    const { pullwright, logger } = setUp()
    const heard: string[] = []
    const off = pullwright.emitter.on('environment.deployed', ({ id }) => void heard.push(id))
    pullwright.emitter.on('*', () => {
      throw new Error('listener')
    })
    const { id } = await pullwright.emitter.emit('environment.deployed', deployed)
    off()
    await pullwright.emitter.emit('environment.deployed', deployed)
    expect(heard).toEqual([id])
    expect(logger.lines.filter(({ message }) => message.includes('listener failed'))).toHaveLength(2)
  })

  it('does not follow what the host changes afterwards', async () => {
    const { pullwright } = setUp()
    const data = { ...deployed, config: { temperature: 0.5 }, previous_config: { temperature: 0.7 } }
    const emitted = pullwright.emitter.emit('environment.deployed', data)
    data.config.temperature = 9
    const { id } = await emitted
    expect((await pullwright.events.get(id)).data).toMatchObject({
      config_diff: { modified: { temperature: { old: 0.7, new: 0.5 } } },
    })
  })

  it('refuses bad options with advice', async () => {
    const { pullwright } = setUp()
    for (const options of [{ project: '' }, { project: '*' }, { idempotencyKey: '' }, { occurredAt: 'soon' }]) {
      const refused = pullwright.emitter.emit('environment.deployed', deployed, options)
      await expect(refused, JSON.stringify(options)).rejects.toMatchObject({ code: 'invalid-argument' })
    }
  })
})

describe('names that hosts give', () => {
  it('hold no control characters and no halves of surrogate pairs', async () => {
    const { pullwright } = setUp()
    for (const bad of ['a\u0000b', 'line\nbreak', 'tab\t', '\u007f', '\u0085', '\ud800', 'x\udc00y']) {
      for (const options of [{ project: bad }, { idempotencyKey: bad }, { orderingKey: bad }]) {
        const refused = pullwright.emitter.emit('environment.deployed', deployed, options)
        await expect(refused, JSON.stringify(options)).rejects.toMatchObject({ code: 'invalid-argument' })
      }
      expect(() => pullwright.as({ project: bad })).toThrow(/control characters/)
      expect(() => pullwright.as({ project: 'a', subject: bad })).toThrow(/control characters/)
    }
    const fine = { project: 'Größe 🚀', idempotencyKey: 'schlüssel/1 ‹ü›', orderingKey: '日本' }
    expect(await pullwright.emitter.emit('environment.deployed', deployed, fine)).toMatchObject({ status: 'recorded' })
    expect(await pullwright.events.list()).toEqual([])
  })
})

describe('a recorded deployment', () => {
  it('has config_diff in place of both configs', async () => {
    const { pullwright } = setUp({ plugins: [keeper()] })
    const { id } = await pullwright.emitter.emit('environment.deployed', {
      ...deployed,
      config: { model: 'gpt-4', temperature: 0.5, added: [1] },
      previous_config: { model: 'gpt-4', temperature: 0.7, gone: true },
    })
    const event = await pullwright.events.get(id)
    expect(event.data).toMatchObject({
      app_name: 'support-bot',
      config_diff: {
        added: { added: [1] },
        modified: { temperature: { old: 0.7, new: 0.5 } },
        removed: { gone: true },
      },
    })
    expect(event.data).not.toHaveProperty('config')
    expect(event.data).not.toHaveProperty('previous_config')
    expect(event.kept).toEqual({ config: { model: 'gpt-4', temperature: 0.5, added: [1] } })
  })

  it('keeps the configuration only where somebody asked for it', async () => {
    const { pullwright } = setUp()
    const { id } = await pullwright.emitter.emit('environment.deployed', deployed)
    expect((await pullwright.events.get(id)).kept).toEqual({})
  })

  it('shows that a secret changed and never the secret', async () => {
    const { pullwright, store } = setUp({ plugins: [keeper()] })
    const [before, after] = [planted(), `${planted()}Z`]
    const { id } = await pullwright.emitter.emit('environment.deployed', {
      ...deployed,
      config: { tool: { api_key: after }, prompt: `use ${after} here` },
      previous_config: { tool: { api_key: before }, prompt: `use ${before} here` },
    })
    const event = await pullwright.events.get(id)
    const { modified } = (event.data as { config_diff: { modified: JsonObject } }).config_diff
    expect(Object.keys(modified).sort()).toEqual(['prompt', 'tool.api_key'])
    expect(event.redactions.map(({ path }) => path).sort()).toEqual(['config.prompt', 'config.tool.api_key'])
    const everything = JSON.stringify([event, await store.documents.list('default', 'pullwright.last-config')])
    expect(everything).not.toContain(before)
    expect(everything).not.toContain(after)
  })

  it('is compared with the last one seen when the host sends no previous configuration', async () => {
    const { pullwright } = setUp()
    const diffOf = async (config: JsonObject) => {
      const { id } = await pullwright.emitter.emit('environment.deployed', { ...deployed, config })
      return ((await pullwright.events.get(id)).data as JsonObject).config_diff
    }
    expect(await diffOf({ temperature: 0.7, api_key: planted() })).toMatchObject({ added: { temperature: 0.7 } })
    expect(await diffOf({ temperature: 0.5, api_key: planted() })).toEqual({
      added: {},
      modified: { temperature: { old: 0.7, new: 0.5 } },
      removed: {},
    })
    expect(await diffOf({ temperature: 0.5, api_key: `${planted()}X` })).toEqual({
      added: {},
      modified: { api_key: { old: '[REDACTED]', new: '[REDACTED]' } },
      removed: {},
    })
  })

  it('that is a duplicate changes nothing, not what the next one is compared with either', async () => {
    const { pullwright } = setUp()
    const emit = async (a: number, idempotencyKey?: string) => {
      const options = idempotencyKey === undefined ? {} : { idempotencyKey }
      return pullwright.emitter.emit('environment.deployed', { ...deployed, config: { a } }, options)
    }
    await emit(1, 'k1')
    await emit(2, 'k2')
    expect((await emit(1, 'k1')).status).toBe('duplicate')
    const { id } = await emit(3)
    expect((await pullwright.events.get(id)).data).toMatchObject({
      config_diff: { modified: { a: { old: 2, new: 3 } } },
    })
  })

  it('that happened before one already recorded is marked, and is not what the next is compared with', async () => {
    const { pullwright } = setUp()
    const emit = async (a: number, occurredAt?: string) => {
      const options = occurredAt === undefined ? {} : { occurredAt }
      const { id } = await pullwright.emitter.emit('environment.deployed', { ...deployed, config: { a } }, options)
      return (await pullwright.events.get(id)).data as JsonObject
    }
    expect(await emit(2, '2026-01-01T00:00:02Z')).not.toHaveProperty('outdated')
    expect(await emit(1, '2026-01-01T00:00:01Z')).toMatchObject({ outdated: true })
    expect(await emit(3, '2026-01-01T00:00:03Z')).toMatchObject({
      config_diff: { modified: { a: { old: 2, new: 3 } } },
    })
    expect(await emit(4)).not.toHaveProperty('outdated')
    expect(await emit(5, '2026-01-01T00:00:01Z')).not.toHaveProperty('outdated')
  })

  it('keeps apart the apps, environments and projects it compares with', async () => {
    const { pullwright } = setUp()
    await pullwright.emitter.emit('environment.deployed', deployed)
    for (const other of [{ environment: 'staging' }, { app_name: 'other' }]) {
      const { id } = await pullwright.emitter.emit('environment.deployed', { ...deployed, ...other })
      expect((await pullwright.events.get(id)).data).toMatchObject({ config_diff: { added: { model: 'gpt-4' } } })
    }
    const { id } = await pullwright.emitter.emit('environment.deployed', deployed, { project: 'p2' })
    expect((await pullwright.events.get(id)).data).toMatchObject({ config_diff: { added: { model: 'gpt-4' } } })
  })

  it('has an identity that times, people and deployment ids do not change, and that a secret does', async () => {
    const { pullwright } = setUp()
    const identityOf = async (more: object) => {
      const { id } = await pullwright.emitter.emit('environment.deployed', { ...deployed, ...more }, { occurredAt: 5 })
      return (await pullwright.events.get(id)).identity
    }
    const config = { model: 'gpt-4', temperature: 0.5, api_key: planted() }
    const first = await identityOf({ config })
    expect(await identityOf({ config, deployed_by: 'joe', deployment_id: 'd2', commit_message: 'again' })).toBe(first)
    expect(await identityOf({ config: { api_key: planted(), temperature: 0.5, model: 'gpt-4' } })).toBe(first)
    expect(await identityOf({ config: { ...config, api_key: `${planted()}Y` } })).not.toBe(first)
    expect(await identityOf({ config, revision: 16 })).not.toBe(first)
    expect(await identityOf({ config, environment: 'staging' })).not.toBe(first)
    expect(first).toMatch(/^[0-9a-f]{64}$/)
  })

  it('survives a hundred emits for one app at the same time', async () => {
    const { pullwright } = setUp()
    const emits = Array.from({ length: 100 }, (_, n) =>
      pullwright.emitter.emit('environment.deployed', { ...deployed, revision: n, config: { n } }),
    )
    expect(new Set((await Promise.all(emits)).map(({ id }) => id)).size).toBe(100)
  })
})

describe('createPullwright', () => {
  it('warns once when nothing survives a restart', async () => {
    const { memoryLogger } = await import('./harness.ts')
    const logger = memoryLogger()
    createPullwright({ logger })
    expect(logger.lines.map(({ message }) => message)).toEqual([expect.stringContaining('do not survive a restart')])
  })

  it('refuses two plugins of one name, a bad name and a handler that listens to nothing', () => {
    const named = (name: string) => ({ name, apiVersion: 1 as const })
    expect(() => setUp({ plugins: [named('a'), named('a')] })).toThrow('Two plugins are named a')
    expect(() => setUp({ plugins: [named('A b')] })).toThrow('lower case')
    expect(() => setUp({ plugins: [plugin({ x: { on: [], run: () => undefined } })] })).toThrow('listens to nothing')
  })

  it.each<[string, object, string]>([
    ['an option', { retension: { days: 30 } }, 'there is no "retension"'],
    ['what to hide', { redaction: { key: ['salary'] } }, 'there is no "key"'],
    ['where to send', { egress: { alow: ['10.0.0.0/8'] } }, 'there is no "alow"'],
    ['what to delete', { retention: { day: 30 } }, 'there is no "day"'],
    ['what to delete of the audit log', { retention: { audit: { action: {} } } }, 'there is no "action"'],
  ])('refuses a name that is misspelt in %s, for it would do nothing', (_what, options, message) => {
    expect(() => createPullwright({ store: memoryStore(), ...options })).toThrow(message)
  })

  it('is bound to a tenant that is named, and to none by a misspelt name', () => {
    const { pullwright } = setUp()
    const misspelt = { tenant: 'acme' } as unknown as { project: string }
    expect(() => pullwright.as(misspelt)).toThrow('there is no "tenant"')
    expect(() => pullwright.as(undefined as never)).toThrow('must be given an object')
  })

  it('takes no listener that is no function', () => {
    const { pullwright } = setUp()
    expect(() => pullwright.emitter.on('*', undefined as never)).toThrow('a function')
  })

  it('refuses a key that is not 32 bytes of base64 without repeating it', () => {
    expect(() => setUp({ key: 'hunter2' })).toThrow(
      expect.objectContaining({ message: expect.not.stringContaining('hunter2') }),
    )
  })
})
