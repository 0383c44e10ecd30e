import type { ServerResponse } from 'node:http'
import { afterEach } from 'vitest'
import { type Received, type Sink, startSink } from '../src/http/test-sink.ts'
import { createPullwright, generateKey, memoryStore, type PullwrightOptions } from '../src/index.ts'
import { fakeClock, memoryLogger, settled } from './harness.ts'

/** Endpoints of tests are on this machine. */
export const LOCAL = { allowHttp: true, allow: ['127.0.0.0/8'] }

type Answer = (request: Received, response: ServerResponse, index: number) => void

/** Servers and instances that are closed after each test of the file that calls this. */
export function closing() {
  const open: { close(): Promise<unknown> }[] = []
  afterEach(async () => {
    for (const thing of open.splice(0).reverse()) await thing.close()
  })

  return {
    async sink(answer?: Answer): Promise<Sink> {
      const sink = await startSink(answer)
      open.push(sink)
      return sink
    },
    /** One or more instances on one store and clock. */
    instances(count: number, options: Omit<PullwrightOptions, 'clock' | 'logger' | 'store'> = {}) {
      const store = memoryStore()
      const clock = fakeClock()
      const logger = memoryLogger()
      const key = generateKey()
      const all = Array.from({ length: count }, () =>
        createPullwright({ key, egress: LOCAL, ...options, store, clock, logger }),
      )
      async function stopAll(): Promise<void> {
        const stopped = all.map((one) => one.stop({ timeoutMs: 0 }))
        await settled()
        await clock.advance(0)
        await Promise.all(stopped)
      }
      open.push({ close: stopAll })
      return { store, clock, logger, all }
    },
  }
}

/** Until it is true, or for 10 s of real time: sockets keep no fake clock. */
export async function until(isTrue: () => boolean | Promise<boolean>): Promise<void> {
  for (const end = Date.now() + 10_000; Date.now() < end; ) {
    if (await isTrue()) return
    await new Promise((resolve) => setTimeout(resolve, 5))
  }
  throw new Error('it did not come true within 10 s')
}
