import fc from 'fast-check'
import { expect, test } from 'vitest'
import { z } from 'zod'
import { createPullwright, defineEvent, memoryStore, type Plugin, type Store } from '../src/index.ts'

const HANDLERS = ['one', 'two', 'three']
const noted = defineEvent('thing.noted', z.strictObject({ key: z.string(), steps: z.number() }), {
  description: 'A thing was noted',
  example: { key: 'a', steps: 0 },
})

/** How long a run takes, in turns of the event loop and of its microtasks: ends fall into every part of a look. */
async function takeSteps(steps: number): Promise<void> {
  for (let n = 0; n < Math.abs(steps); n++)
    await (steps < 0 ? Promise.resolve() : new Promise((resolve) => setImmediate(resolve)))
}

function plugin(concurrency: readonly number[], keyed: readonly boolean[], follows: boolean): Plugin {
  const handler = (at: number) => ({
    ...{ on: ['thing.noted'], concurrency: concurrency[at] ?? 1, ...(keyed[at] ? { key: ['data.key'] } : {}) },
    async run({ event, emit }: Parameters<NonNullable<Plugin['handlers']>[string]['run']>[0]) {
      const { key, steps } = event.data as { key: string; steps: number }
      await takeSteps(at === 0 ? steps : steps >> at)
      if (follows && at === 0 && steps === 7) await emit('thing.noted', { key, steps: 1 })
      return undefined
    },
  })
  const handlers = Object.fromEntries(HANDLERS.map((name, at) => [name, handler(at)]))
  return { name: 'drained', apiVersion: 1, handlers }
}

/** A store over a network: what it found is on its way for a while. */
function slowStore(steps: number): Store {
  const store = memoryStore()
  return {
    ...store,
    async claim(request) {
      const claimed = await store.claim(request)
      await takeSteps(steps)
      return claimed
    },
  }
}

test('drains until nothing is due, whatever limits, keys, follow-ups and ends of runs fall together', async () => {
  const setting = fc.record({
    limits: fc.record({ concurrency: fc.integer({ min: 1, max: 6 }), retryConcurrency: fc.constant(1) }),
    concurrency: fc.array(fc.integer({ min: 1, max: 4 }), { minLength: 3, maxLength: 3 }),
    keyed: fc.array(fc.boolean(), { minLength: 3, maxLength: 3 }),
    follows: fc.boolean(),
    way: fc.integer({ min: -20, max: 4 }),
    things: fc.array(fc.record({ key: fc.constantFrom('a', 'b', 'c'), steps: fc.integer({ min: -40, max: 8 }) }), {
      minLength: 1,
      maxLength: 12,
    }),
  })
  const law = fc.asyncProperty(setting, async ({ limits, concurrency, keyed, follows, way, things }) => {
    const logger = { debug() {}, info() {}, warn() {}, error() {} }
    const plugins = [plugin(concurrency, keyed, follows)]
    const pullwright = createPullwright({ store: slowStore(way), events: [noted], plugins, limits, logger })
    for (const thing of things) await pullwright.emitter.emit(noted, thing)
    await Promise.all([pullwright.drain(), pullwright.drain()])
    const open = await pullwright.tasks.list({ statuses: ['pending', 'running', 'retrying'] })
    await pullwright.stop()
    expect(open.map(({ status, target }) => [status, target])).toEqual([])
  })
  await fc.assert(law, { numRuns: 150 })
}, 30_000)

test('looks again where a run ended after a look had begun: what waited for its key was not seen then', async () => {
  const inner = memoryStore()
  let release = () => {}
  const store: Store = {
    ...inner,
    async claim(request) {
      const claimed = await inner.claim(request)
      if (claimed.length === 0 && request.lane === 'first') {
        release()
        await takeSteps(5)
      }
      return claimed
    },
  }
  const handled: number[] = []
  const run: NonNullable<Plugin['handlers']>[string]['run'] = async ({ event }) => {
    const { steps } = event.data as { steps: number }
    handled.push(steps)
    await (steps === 1
      ? new Promise<void>((resolve) => {
          release = resolve
        })
      : takeSteps(2))
    return undefined
  }
  const plugins: Plugin[] = [
    { name: 'keyed', apiVersion: 1, handlers: { one: { on: ['thing.noted'], key: ['data.key'], run } } },
  ]
  const logger = { debug() {}, info() {}, warn() {}, error() {} }
  const pullwright = createPullwright({ store, events: [noted], plugins, logger })
  for (const [steps, key] of ['a', 'b', 'a'].entries()) await pullwright.emitter.emit(noted, { key, steps: steps + 1 })
  await pullwright.drain()
  expect(handled).toEqual([1, 2, 3])
  await pullwright.stop()
})

test('says of a stopped one that it neither starts nor drains again', async () => {
  const logger = { debug() {}, info() {}, warn() {}, error() {} }
  const pullwright = createPullwright({ store: memoryStore(), logger })
  await pullwright.start()
  await pullwright.stop()
  await expect(pullwright.start()).rejects.toMatchObject({ code: 'stopped' })
  await expect(pullwright.drain()).rejects.toMatchObject({ code: 'stopped' })
})
