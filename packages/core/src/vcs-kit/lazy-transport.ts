import { createTransport } from '../http/transport.ts'
import type { Transport } from '../ports/transport.ts'

/**
 * A transport of our own, opened by the first request and again by the first one after `close()`: an adapter that two
 * hosts share outlives the first of them. One that was given stays open: who made it closes it.
 */
export function lazyTransport(given: Transport | undefined): Transport {
  let own: Transport | null = null
  const open = (): Transport => {
    if (given !== undefined) return given
    own ??= createTransport()
    return own
  }
  return {
    send: (request) => open().send(request),
    fetch: (...call) => open().fetch(...call),
    async close() {
      const closing = own
      own = null
      await closing?.close()
    },
  }
}
