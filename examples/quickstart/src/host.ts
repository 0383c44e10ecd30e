import { createServer } from 'node:http'
import type { AddressInfo } from 'node:net'
import { agenta } from '@pullwright/agenta'
import { createPullwright, generateKey, isPullwrightError, type Logger, type Pullwright } from '@pullwright/core'
import { deploymentPullRequests } from '@pullwright/deployments'
import { pullwrightExpress } from '@pullwright/express-adapter'
import { sqlite } from '@pullwright/sqlite'
import express, { type ErrorRequestHandler } from 'express'
import type { Stage } from './stage.ts'

export interface Host {
  url: string
  pullwright: Pullwright
  close(): Promise<void>
}

export interface HostOptions {
  stage: Stage
  agentaUrl: string
  agentaSecret: string
  agentaApiKey: string
  logger: Logger
  /** The database; everything durable is in it. */
  file: string
  port: number
}

/** An Express app with Pullwright in it: what an embedding backend writes. */
export async function startHost(options: HostOptions): Promise<Host> {
  const { stage } = options
  const pullwright = createPullwright({
    store: sqlite({ file: options.file }),
    key: generateKey(),
    vcs: [stage.vcs],
    plugins: [
      agenta({ secret: options.agentaSecret, apiKey: options.agentaApiKey, baseUrl: options.agentaUrl }),
      deploymentPullRequests({
        routes: [
          {
            vcs: stage.vcs.name,
            repository: stage.repository,
            when: { environment: 'production' },
            reviewers: stage.reviewers,
          },
        ],
      }),
    ],
    logger: options.logger,
  })
  await pullwright.start()

  const app = express()
  app.use('/pullwright', pullwrightExpress(pullwright))
  app.use(express.json())
  app.post('/deploy', async (req, res) => {
    const { id } = await pullwright.emitter.emit('environment.deployed', req.body)
    res.status(202).json({ id })
  })

  app.use(answerError)

  const server = createServer(app)
  await new Promise<void>((resolve, reject) => {
    server.once('error', reject)
    server.listen(options.port, '127.0.0.1', resolve)
  })
  const { port } = server.address() as AddressInfo
  return {
    url: `http://127.0.0.1:${port}`,
    pullwright,
    async close() {
      await new Promise((resolve) => server.close(resolve))
      await pullwright.stop()
    },
  }
}

/** What Pullwright refuses is the caller's to mend: it says what to change, path by path. */
const answerError: ErrorRequestHandler = (error, _req, res, _next) => {
  if (!isPullwrightError(error)) res.status(500).json({ error: 'Internal Server Error' })
  else res.status(400).json({ error: error.code, problems: error.problems })
}
