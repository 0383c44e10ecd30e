import { expect, it } from 'vitest'
import { builtInEvents } from './events/catalog.ts'
import { lazy } from './lazy.ts'

it('makes a thing when it is first asked for, and once', () => {
  let made = 0
  const thing = lazy(() => ({ number: ++made }))
  expect(made).toBe(0)
  expect([thing(), thing()]).toEqual([{ number: 1 }, { number: 1 }])
})

it('gives the same schema of a built-in event each time', () => {
  const { schema } = builtInEvents['environment.deployed']
  expect(builtInEvents['environment.deployed'].schema).toBe(schema)
  expect(builtInEvents['deployment.proposed'].schema).toBe(schema)
})
