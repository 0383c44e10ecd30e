import { expect, test } from 'vitest'
import { setStage } from '../src/stage.ts'
import type { CrashPoint, StorePlace } from '../src/worker-protocol.ts'
import { postgresPlaces, sqlitePlaces } from './places.ts'

/** The n-th call, so that there is work behind it and before it. */
const POINTS: readonly CrashPoint[] = (['append', 'claim', 'settle'] as const).flatMap((verb) =>
  (['before', 'in', 'after'] as const).map((when) => ({ verb, when, nth: verb === 'append' ? 4 : 2 })),
)

const PLACES = { postgres: postgresPlaces(), sqlite: sqlitePlaces() }

test.each(['postgres', 'sqlite'] as const)(
  'on %s nothing is lost by a process that dies by -9 before, in or after an append, a claim, a settle',
  async (kind) => {
    const stage = await setStage(PLACES[kind]())
    try {
      await stage.makeEndpoints()
      // Each dies at its point, and the next one finds what it has left: the last one is left alone.
      for (const crash of POINTS) {
        const worker = stage.work({ crash })
        await worker.ready
        const name = `${crash.when}-${crash.verb}`
        void worker.emit({ id: 1, app: 'amber', orderingKey: name, keys: keysOf(`row-${name}`) })
        void worker.emit({ id: 2, app: 'beryl', orderingKey: null, keys: keysOf(`any-${name}`) })
        void worker.emit({ id: 3, app: 'coral', orderingKey: null, own: true, keys: keysOf(`any-own-${name}`) })
        expect({ name, ...(await worker.exited) }).toEqual({ name, code: null, signal: 'SIGKILL' })
      }
      expect(stage.ledger.recorded.size).toBeGreaterThan(POINTS.length)
      stage.work()
      expect(await stage.untilQuiet(20_000)).toBe('quiet')
      expect(await stage.verdict()).toEqual([])
    } finally {
      await stage.close()
    }
  },
  60_000,
)

test.each(['postgres', 'sqlite'] as const)(
  'on %s a migration that is cut short by -9 leaves nothing half, and the next process does it',
  async (kind) => {
    const place: StorePlace = PLACES[kind]()
    const stage = await setStage(place)
    try {
      for (const when of ['before', 'in', 'after'] as const) {
        const { signal } = await stage.work({ mode: 'idle', crash: { verb: 'migrate', when } }).exited
        expect(signal).toBe('SIGKILL')
      }
      await stage.makeEndpoints()
      const worker = stage.work()
      expect(await worker.emit({ id: 1, app: 'coral', orderingKey: null, keys: keysOf('any-migrated') })).toBe(true)
      expect(await stage.untilQuiet(20_000)).toBe('quiet')
      expect(await stage.verdict()).toEqual([])
    } finally {
      await stage.close()
    }
  },
  60_000,
)

test.each(['start', 'drain'] as const)(
  'a process in %s that dies with requests sent and unanswered leaves them to the next one',
  async (mode) => {
    const stage = await setStage(PLACES.postgres())
    try {
      await stage.makeEndpoints()
      const first = stage.work({ mode: 'idle' })
      await first.emit({ id: 1, app: 'delft', orderingKey: null, keys: keysOf('any-sent') })
      stage.sink.mood = () => (stage.workers.has(doomed) ? 'hang' : null)
      const doomed = stage.work({ mode })
      stage.sink.heard = () => {
        if (stage.ledger.requests.length >= 5) doomed.kill()
      }
      expect((await doomed.exited).signal).toBe('SIGKILL')
      stage.sink.mood = () => null
      stage.sink.heard = () => {}
      stage.work({ mode })
      expect(await stage.untilQuiet(20_000)).toBe('quiet')
      expect(stage.ledger.requests.length).toBeGreaterThan(POINTS.length)
      expect(await stage.verdict()).toEqual([])
    } finally {
      await stage.close()
    }
  },
  60_000,
)

function keysOf(group: string): string[] {
  return Array.from({ length: 20 }, (_, number) => `${group}/${number}`)
}
