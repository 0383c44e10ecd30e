import { Agent } from 'undici'
import type { OpenContender } from '../contender.ts'
import { signAndSend } from '../peer-delivery.ts'

/** Nothing but the request: JSON, signature, undici. What is not kept cannot be made faster. Setting: `concurrency`. */
export const bare: OpenContender = async ({ setting: { concurrency = 64 }, sinkUrl, data }) => {
  const agent = new Agent({ connections: concurrency, pipelining: 1 })
  let waiting: number[] = []
  let done = 0
  let started = false
  let running = 0

  const pump = () => {
    while (started && running < concurrency && waiting.length > 0) {
      running++
      void send(waiting.pop() ?? 0)
    }
  }
  async function send(index: number): Promise<void> {
    const id = `dlv_${index}`
    const timestamp = new Date().toISOString()
    const body = JSON.stringify({
      event: 'bench.recorded',
      timestamp,
      delivery_id: id,
      project_id: 'default',
      data: data(index),
    })
    await signAndSend(agent, sinkUrl, id, body)
    done++
    running--
    pump()
  }

  return {
    async record(index) {
      waiting.push(index)
      pump()
    },
    async recordMany(from, count) {
      waiting = Array.from({ length: count }, (_, n) => from + n)
    },
    async start() {
      started = true
      pump()
    },
    done: () => done,
    statements: () => null,
    stop: () => agent.close(),
  }
}
