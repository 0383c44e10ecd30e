import { createServer } from 'node:http'
import type { AddressInfo } from 'node:net'
import { openBare } from './bare.ts'
import type { ServerAnswer, ServerRequest, ServerUse } from './contender.ts'
import { openPullwright } from './pullwright.ts'

// One server in its own process, until whoever started it lets go.

process.once('message', (request: ServerRequest) => {
  open(request).then((answer) => process.send?.(answer), fail)
  process.on('message', () => {
    const { user, system } = process.cpuUsage()
    process.send?.({ cpuMs: (user + system) / 1000 } satisfies ServerUse)
  })
})
process.on('disconnect', () => process.exit())

async function open(request: ServerRequest): Promise<ServerAnswer> {
  const { app, path } = await (request.contender === 'bare' ? openBare : openPullwright)(request)
  const server = createServer(app)
  server.keepAliveTimeout = 600_000
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  return { url: `http://127.0.0.1:${(server.address() as AddressInfo).port}${path}` }
}

function fail(error: unknown): void {
  process.stderr.write(`${error instanceof Error ? error.stack : String(error)}\n`)
  process.exit(1)
}
