import { afterAll, afterEach, beforeAll } from 'vitest'
import type { PullwrightHandlerOptions, Store } from '../src/index.ts'
import { setUpAdmin } from './admin-harness.ts'
import { HOOK_TIMEOUT_MS, openStores, type STORE_KINDS, type Stores } from './every-store.ts'

/** For the body of a `describe`: each call makes an admin API on an empty store of that kind. */
export function adminOn(kind: (typeof STORE_KINDS)[number]) {
  let stores: Stores
  const closing: (() => Promise<unknown>)[] = []
  beforeAll(async () => {
    stores = await openStores(kind)
  }, HOOK_TIMEOUT_MS)
  afterEach(async () => {
    for (const close of closing.splice(0).reverse()) await close()
  })
  afterAll(() => stores.close(), HOOK_TIMEOUT_MS)

  function on(store: Store, options: PullwrightHandlerOptions = {}) {
    const made = setUpAdmin(options, { store })
    closing.push(() => made.pullwright.stop())
    return made
  }

  return {
    setUp(options: PullwrightHandlerOptions = {}) {
      const store = stores.open()
      closing.push(() => stores.drop(store))
      return on(store, options)
    },
    /** Two processes over the same rows. */
    setUpTwo() {
      const store = stores.open()
      closing.push(() => stores.drop(store))
      return [on(store), on(stores.again(store))] as const
    },
    /** Ends with the test, in the reverse order. */
    closing,
  }
}
