import { setTimeout as sleep } from 'node:timers/promises'
import { signWebhook } from '@pullwright/core/signing'
import { Pool } from 'undici'
import { dataOf } from '../delivery/data.ts'
import type { LoadRequest, LoadResult } from './contender.ts'

// Sends at a fixed rate, whatever comes back, and measures from the time a delivery was planned for: a server that
// stands still is charged for all that wait, not only for the one it holds.

/** More than ever wait at the rates measured, so that nobody queues for a connection. */
const MOST_CONNECTIONS = 256

process.on('message', (request: LoadRequest) => {
  const answer = (result: LoadResult) => process.send?.(result)
  load(request).then(
    (latencies) => answer({ latencies }),
    (error: unknown) => answer({ failed: error instanceof Error ? error.message : String(error) }),
  )
})
process.on('disconnect', () => process.exit())

async function load(request: LoadRequest): Promise<number[]> {
  const { url, perSecond, seconds } = request
  const { origin, pathname } = new URL(url)
  const pool = new Pool(origin, { connections: MOST_CONNECTIONS })
  const deliveries = Array.from({ length: perSecond * seconds }, deliveryOf(request))
  const gap = 1000 / perSecond
  const begun = performance.now() + 50
  const sent: Promise<number>[] = []
  while (sent.length < deliveries.length) {
    const wait = begun + sent.length * gap - performance.now()
    if (wait > 0) await sleep(wait)
    const due = Math.min(deliveries.length, Math.floor((performance.now() - begun) / gap) + 1)
    while (sent.length < due) {
      const planned = begun + sent.length * gap
      sent.push(send(pool, pathname, deliveries[sent.length], planned))
    }
  }
  const latencies = await Promise.all(sent)
  await pool.close()
  return latencies
}

interface Delivery {
  headers: Record<string, string>
  body: string
}

/** Made and signed before the clock starts. */
function deliveryOf({ secret, block, bodyBytes }: LoadRequest): (_: unknown, index: number) => Delivery {
  const data = dataOf(bodyBytes)
  return (_, index) => {
    const body = JSON.stringify({ ...data(index), block })
    const id = `${block}-${index}`
    const signed = signWebhook('github', { secrets: secret, id, timestamp: 0, body })
    return { body, headers: { ...signed, 'content-type': 'application/json' } }
  }
}

async function send(pool: Pool, path: string, delivery: Delivery | undefined, planned: number): Promise<number> {
  const answer = await pool.request({ ...delivery, path, method: 'POST' })
  const text = await answer.body.text()
  if (answer.statusCode !== 202) throw new Error(`A delivery was answered ${answer.statusCode}: ${text}`)
  return performance.now() - planned
}
