import type { AddressInfo } from 'node:net'
import { github } from '@pullwright/github'
import { createReceiver } from './receiver.ts'
import { readSettings } from './settings.ts'

const settings = readSettings(process.env)
const vcs = github({ auth: { token: settings.token }, baseUrl: settings.apiUrl })
const server = createReceiver(vcs, settings)

server.listen(settings.port, settings.host, () => {
  const { address, port } = server.address() as AddressInfo
  console.log(`Listening on http://${address}:${port}/webhook`)
})
process.once('SIGTERM', () => {
  server.close(() => void vcs.close?.())
})
