import { expect, test } from 'vitest'
import { chainsOf, createEmissions } from '../src/emissions.ts'
import { seeded } from '../src/random.ts'
import { setStage } from '../src/stage.ts'
import { startStorm } from '../src/storm.ts'
import { postgresPlaces } from './places.ts'

const EVENTS = 10_000
const WORKERS = 3
const newPlace = postgresPlaces()
// Another storm each time; `PULLWRIGHT_FAULT_SEED` repeats the choices of one.
const seed = Number(process.env.PULLWRIGHT_FAULT_SEED ?? (process.env.CI ? 1 : Date.now() % 1_000_000))

test('ten thousand events outlive kills, cut connections, jumping clocks and a receiver that misbehaves', async () => {
  const place = newPlace()
  const stage = await setStage(place)
  await stage.makeEndpoints()
  const storm = await startStorm({ stage, place, workers: WORKERS, random: seeded(seed), pauseMs: 800 })
  try {
    const began = performance.now()
    const emissions = createEmissions(() => storm.workers(), stage.ledger)
    await emissions.add(chainsOf('storm', EVENTS))
    const emitted = performance.now()
    await storm.calm()
    const ticks = setInterval(() => storm.advance(30_000), 3_000)
    const quiet = await stage.untilQuiet(120_000)
    clearInterval(ticks)
    const ended = performance.now()
    const seconds = (from: number, to: number) => Math.round((to - from) / 100) / 10
    console.info('storm', {
      ...{ seed, emittingSeconds: seconds(began, emitted), drainingSeconds: seconds(emitted, ended) },
      ...{ requests: stage.ledger.requests.length, repeatedEmits: stage.duplicates(), faults: storm.counts },
    })
    expect(quiet).toBe('quiet')
    expect(stage.ledger.recorded.size).toBe(EVENTS)
    expect(storm.counts.kill).toBeGreaterThan(2)
    const broken = Object.entries(storm.counts).filter(([fault]) => /^(backends|connections) /.test(fault))
    expect(broken.reduce((sum, [, count]) => sum + count, 0)).toBeGreaterThan(2)
    expect(stage.sink.strayed).toBe(0)
    expect(await stage.verdict()).toEqual([])
  } finally {
    await storm.close()
    await stage.close()
  }
}, 300_000)
