import { describe, expect, it } from 'vitest'
import { builtInEvents } from './events/catalog.ts'
import { lazy, loadedOnCall } from './lazy.ts'

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

describe('loadedOnCall', () => {
  const loading = () => {
    const state = { loads: 0 }
    const load = async () => {
      state.loads++
      return { double: async (n: number) => n * 2, refuse: async () => Promise.reject(new Error('refused')) }
    }
    return { state, calls: loadedOnCall({ double: true, refuse: true }, load) }
  }

  it('loads nothing until something is called, and then once', async () => {
    const { state, calls } = loading()
    expect(state.loads).toBe(0)
    expect(await Promise.all([calls.double(2), calls.double(3)])).toEqual([4, 6])
    expect(state.loads).toBe(1)
  })

  it('gives errors on', async () => {
    await expect(loading().calls.refuse()).rejects.toThrow('refused')
  })
})
