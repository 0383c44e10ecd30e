import { randomBytes } from 'node:crypto'
import { parseArgs } from 'node:util'
import { openPostgres } from '../../../packages/postgres/test/postgres-server.ts'
import { type Backend, startBackend } from './backend.ts'
import { openForge } from './forge.ts'
import { ADA, seed } from './seed.ts'
import { walk } from './walk.ts'

const say = (text: string) => console.log(text)
const { values } = parseArgs({
  options: { serve: { type: 'boolean', default: false }, port: { type: 'string', default: '0' } },
})

const server = await openPostgres()
const forge = await openForge()
// A schema of its own, dropped in the end: two of these can run beside each other.
const schema = `express_example_${randomBytes(4).toString('hex')}`
const backend = await startBackend(server.url, schema, forge, Number(values.port))
try {
  const password = await seed(backend.pool)
  if (values.serve) await serve(backend, password)
  else await walk({ backend, forge, password, say })
} finally {
  await backend.close()
  await forge.close()
  await server.stop()
}

async function serve({ url, pullwright }: Backend, password: string): Promise<void> {
  pullwright.emitter.on('*', ({ type, data }) => say(`${type} ${String(Object(data).url ?? '')}`))
  say(`The backend listens on ${url}; Ctrl-C ends it and drops what it made. Try

curl -c jar ${url}/api/sessions -H 'content-type: application/json' -d '{"email":"${ADA.email}","password":"${password}"}'
post() { curl -b jar -H 'content-type: application/json' -H 'origin: ${url}' "${url}$1" -d "$2"; }
post /api/apps '{"name":"support-bot"}'
post /api/apps/support-bot/variants '{"name":"concise"}'
post /api/apps/support-bot/variants/concise/revisions '{"config":{"temperature":0.2}}'
post /api/apps/support-bot/environments/production/deploy '{"variant":"concise","revision":1,"message":"First"}'
curl -b jar ${url}/pullwright/api/v1/deployments`)
  await new Promise<void>((resolve) => {
    process.once('SIGINT', resolve)
    process.once('SIGTERM', resolve)
  })
}
