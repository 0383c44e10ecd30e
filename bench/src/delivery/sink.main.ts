import { createServer } from 'node:http'
import type { AddressInfo } from 'node:net'

// A receiver in its own process: takes everything, answers at once, counts what came and which ids.

const ids = new Set<string>()
let requests = 0
let unsigned = 0

const server = createServer((request, response) => {
  requests++
  ids.add(String(request.headers['webhook-id']))
  if (request.headers['webhook-signature'] === undefined) unsigned++
  request.resume()
  request.on('end', () => {
    response.writeHead(200, { 'content-type': 'application/json' })
    response.end('{"ok":true}')
  })
})
server.keepAliveTimeout = 600_000
server.listen(0, '127.0.0.1', () => process.send?.({ port: (server.address() as AddressInfo).port }))

process.on('message', () => {
  process.send?.({ requests, distinct: ids.size, unsigned })
  ids.clear()
  requests = 0
  unsigned = 0
})
process.on('disconnect', () => process.exit())
