import { expect, it } from 'vitest'
import type { ClaimedTask } from '../ports/store.ts'
import { createStop } from '../stop-signal.ts'
import { createCrowd } from './crowd.ts'
import { createGates } from './gates.ts'
import { type WorkParts, workOn } from './work.ts'

const target = { kind: 'endpoint', endpointId: 'end_1' } as const
const claimed = { task: { id: 'dlv_1', target, project: 'default' } } as ClaimedTask
const place = { wait() {}, begin() {}, leave() {} }

/** Parts of which the first to be asked fails: whether the task may go out. */
function failing() {
  const gates = createGates(() => 0)
  const told: unknown[] = []
  const parts = {
    gates,
    crowd: createCrowd(),
    admission: { limitOf: () => 1, admit: () => Promise.reject(new Error('the store is away')) },
    readEndpoint: async () => null,
    patience: () => 0,
    run: { log: { error: (facts: unknown) => told.push(facts) }, redactor: { text: (text: string) => text } },
  } as unknown as WorkParts
  return { gates, parts, told }
}

it('leaves its gate to the next where a task cannot be begun, and says so', async () => {
  const { gates, parts, told } = failing()
  const { signal } = createStop()
  await Promise.all([workOn(claimed, place, signal, parts), workOn(claimed, place, signal, parts)])
  expect(told).toEqual(Array(2).fill({ taskId: 'dlv_1', error: 'the store is away' }))
  expect(gates.enter('endpoint:end_1', 1)).toBe('at-once')
})
