import { createServer } from 'node:http'
import type { AddressInfo } from 'node:net'
import { setTimeout as sleep } from 'node:timers/promises'
import { createPullwright, defineEvent, generateKey } from '@pullwright/core'
import { postgres } from '@pullwright/postgres'
import { z } from 'zod'
import { dataOf } from './data.ts'
import { countingPool } from './postgres-server.ts'

// One event at a time, with pauses, as most hosts have them: how long after `emit` has answered its receiver hears of it.

export interface FirstAttemptRequest {
  events: number
  pauseMs: number
  /** Whether the process that records also delivers; else another instance does, told by PostgreSQL. */
  together: boolean
}

export interface FirstAttemptResult {
  /** Milliseconds from the answer of `emit` to the request at the receiver. */
  times: number[]
  statements: number
}

const WARM_UP = 500

const noted = defineEvent('bench.noted', z.looseObject({ number: z.number() }), {
  description: 'Something to deliver',
  example: { number: 1 },
})

process.once('message', (request: FirstAttemptRequest) => {
  measure(request).then(
    (result) => process.send?.(result, () => process.exit()),
    (error: unknown) => {
      process.stderr.write(`${error instanceof Error ? error.stack : String(error)}\n`)
      process.exit(1)
    },
  )
})

async function measure({ events, pauseMs, together }: FirstAttemptRequest): Promise<FirstAttemptResult> {
  const arrived = new Map<number, number>()
  const receiver = await startReceiver((number) => arrived.set(number, performance.now()))
  const { pool, count } = countingPool(10)
  const make = () =>
    createPullwright({
      store: postgres({ pool }),
      events: [noted],
      key: KEY,
      egress: { allowHttp: true, allow: ['127.0.0.0/8'] },
    })
  const worker = make()
  await worker.migrate()
  await worker.webhooks.endpoints.create({ url: receiver.url, events: ['bench.*'] })
  await worker.start()
  const recorder = together ? worker : make()
  const data = dataOf(1024)
  const times: number[] = []
  let before = 0
  for (let number = 0; number < WARM_UP + events; number++) {
    if (number === WARM_UP) before = count()
    await recorder.emitter.emit(noted, { ...data(number), number })
    const answered = performance.now()
    await sleep(pauseMs)
    while (!arrived.has(number)) await sleep(1)
    if (number >= WARM_UP) times.push(Math.max(0, (arrived.get(number) ?? 0) - answered))
  }
  const statements = count() - before
  await recorder.stop()
  await worker.stop()
  await pool.end()
  receiver.close()
  return { times, statements }
}

const KEY = generateKey()

async function startReceiver(heard: (number: number) => void): Promise<{ url: string; close: () => void }> {
  const server = createServer((request, response) => {
    const chunks: Buffer[] = []
    request.on('data', (chunk: Buffer) => chunks.push(chunk))
    request.on('end', () => {
      const { data } = JSON.parse(Buffer.concat(chunks).toString()) as { data: { number: number } }
      heard(data.number)
      response.end()
    })
  })
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  return { url: `http://127.0.0.1:${(server.address() as AddressInfo).port}/`, close: () => server.close() }
}
