import { expectTypeOf, it } from 'vitest'
import { z } from 'zod'
import { createPullwright, defineEvent, type EventInputs, memoryStore } from '../src/index.ts'
import { memoryLogger } from './harness.ts'

const paid = defineEvent('invoice.paid', z.object({ amount: z.number() }), {
  description: 'An invoice was paid.',
  example: { amount: 12 },
})
type Inputs = EventInputs<readonly [typeof paid]>

it('checks what is emitted at compile time: built-in events and the host’s own', async () => {
  expectTypeOf<Inputs['invoice.paid']>().toEqualTypeOf<{ amount: number }>()
  expectTypeOf<Inputs['environment.deployed']>().toHaveProperty('app_name').toEqualTypeOf<string>()
  expectTypeOf<{ app_name: string }>().not.toExtend<Inputs['environment.deployed']>()
  expectTypeOf<'environment.deploid'>().not.toExtend<keyof Inputs>()

  const pullwright = createPullwright({ store: memoryStore(), logger: memoryLogger(), events: [paid] })
  expectTypeOf(pullwright.emitter.emit<'invoice.paid'>)
    .parameter(1)
    .toEqualTypeOf<{ amount: number }>()
  const result = await pullwright.emitter.emit('invoice.paid', { amount: 3 })
  expectTypeOf(result.status).toEqualTypeOf<'recorded' | 'duplicate'>()
  await pullwright.emitter.emit(paid, { amount: 3 })
})
