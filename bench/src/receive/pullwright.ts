import { createPullwright, defineEvent, defineSource, generateKey } from '@pullwright/core'
import { pullwrightExpress } from '@pullwright/express-adapter'
import { postgres } from '@pullwright/postgres'
import express from 'express'
import { z } from 'zod'
import { countingPool } from '../delivery/postgres-server.ts'
import { CONNECTIONS, type OpenContender } from './contender.ts'

const received = defineEvent('bench.received', z.looseObject({ number: z.number() }), {
  description: 'Something that came',
  example: { number: 1 },
})

/** Verifies, and records the event, its receipt and one delivery of it to an endpoint. */
export const openPullwright: OpenContender = async ({ secret, sinkUrl }) => {
  const { pool } = countingPool(CONNECTIONS)
  const pullwright = createPullwright({
    store: postgres({ pool }),
    events: [received],
    sources: [
      defineSource({
        ...{ name: 'bench', scheme: 'github', secrets: secret },
        normalise: ({ json }) => ({ type: received.type, data: json }),
      }),
    ],
    key: generateKey(),
    egress: { allowHttp: true, allow: ['127.0.0.0/8'] },
  })
  await pullwright.migrate()
  const url = sinkUrl ?? 'http://127.0.0.1:9/never'
  await pullwright.webhooks.endpoints.create({ url, events: ['bench.*'], concurrency: 64 })
  if (sinkUrl !== null) await pullwright.start()
  const app = express()
  app.use('/pullwright', pullwrightExpress(pullwright))
  return { app, path: '/pullwright/hooks/bench' }
}
