import Database from 'libsql'
import { expect, test } from 'vitest'
import { chainsOf, createEmissions } from '../src/emissions.ts'
import { seeded } from '../src/random.ts'
import { setStage } from '../src/stage.ts'
import { startStorm } from '../src/storm.ts'
import { sqlitePlaces } from './places.ts'

const newPlace = sqlitePlaces()

test('two processes on one SQLite file lose nothing while a third one locks it, they are killed, and clocks jump', async () => {
  // Shorter than the lock is held, so that calls fail and do not just wait.
  const place = { ...newPlace(), busyTimeoutMs: 300 }
  const stage = await setStage(place)
  const intruder = new Database(place.file, { timeout: 5_000 })
  let locks = 0
  const lock = setInterval(() => {
    // On a busy machine waiting for the lock takes longer than until the next turn.
    if (intruder.inTransaction) return
    intruder.exec('BEGIN IMMEDIATE')
    locks += 1
    setTimeout(() => intruder.exec('COMMIT'), 700)
  }, 2_000)
  await stage.makeEndpoints()
  const storm = await startStorm({ stage, place, workers: 2, random: seeded(7) })
  try {
    const emissions = createEmissions(() => storm.workers(), stage.ledger)
    await emissions.add(chainsOf('file', 600))
    await storm.calm()
    clearInterval(lock)
    const ticks = setInterval(() => storm.advance(30_000), 3_000)
    const quiet = await stage.untilQuiet(60_000)
    clearInterval(ticks)
    expect(quiet).toBe('quiet')
    expect(locks).toBeGreaterThan(0)
    expect(stage.ledger.recorded.size).toBe(600)
    expect(await stage.verdict()).toEqual([])
  } finally {
    clearInterval(lock)
    await storm.close()
    await stage.close()
    intruder.close()
  }
}, 120_000)
