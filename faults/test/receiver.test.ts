import { expect, test } from 'vitest'
import { MISBEHAVIOURS, type MisbehaviourName } from '../src/misbehaviours.ts'
import { setStage } from '../src/stage.ts'
import { sqlitePlaces } from './places.ts'

const newPlace = sqlitePlaces()
const NAMES = Object.keys(MISBEHAVIOURS) as MisbehaviourName[]

test('every way a receiver can misbehave is one attempt, and what it did not accept comes again', async () => {
  const stage = await setStage(newPlace())
  try {
    await stage.makeEndpoints()
    // Each event has a misbehaviour of its own, on its first try.
    stage.sink.mood = ({ key, deliveryId }) => {
      const before = stage.ledger.requests.filter((one) => one.deliveryId === deliveryId).length
      return before === 1 ? (NAMES.find((name) => key === `any-${name}/0`) ?? null) : null
    }
    const worker = stage.work()
    for (const [id, name] of NAMES.entries()) {
      await worker.emit({ id, app: 'amber', orderingKey: null, keys: [`any-${name}/0`] })
    }
    expect(await stage.untilQuiet(20_000)).toBe('quiet')
    expect(await stage.verdict()).toEqual([])
    const tries = NAMES.map((name) => stage.ledger.requests.filter(({ key }) => key === `any-${name}/0`).length)
    expect(tries).toEqual(NAMES.map((name) => (MISBEHAVIOURS[name].accepts ? 1 : 2)))
    expect(stage.sink.strayed).toBe(0)
    await worker.stop()
    expect(worker.memory).toBeGreaterThan(0)
    expect(worker.memory).toBeLessThan(400 * 1024 * 1024)
  } finally {
    await stage.close()
  }
}, 60_000)
