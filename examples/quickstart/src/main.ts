import { randomBytes } from 'node:crypto'
import { mkdir, rm } from 'node:fs/promises'
import { join, resolve } from 'node:path'
import { fakeAgenta } from '@pullwright/testkit'
import { type Host, startHost } from './host.ts'
import { play } from './play.ts'
import { createPrinter } from './print.ts'
import { readOptions, USAGE } from './read-options.ts'
import { githubStage, localStage } from './stage.ts'

const memory: string[] = []
const remember = (level: string) => (fields: object, message: string) => {
  memory.push(JSON.stringify([level, message, fields]))
  if (level === 'warn' || level === 'error') printer.line(`  ${level}: ${message} ${JSON.stringify(fields)}`)
}
const printer = createPrinter(process.stdout)

process.exitCode = await main().catch((error: unknown) => {
  console.error(error)
  return 1
})

async function main(): Promise<number> {
  const options = readOptions(process.argv.slice(2), process.env)
  if (typeof options === 'string') {
    console.error(`${options}\n\n${USAGE}`)
    return 2
  }
  if (options.help) {
    console.log(USAGE)
    return 0
  }
  const agentaSecret = randomBytes(24).toString('hex')
  const agentaApiKey = randomBytes(16).toString('hex')
  const agenta = await fakeAgenta({ secret: agentaSecret, apiKey: agentaApiKey })
  const folder = resolve('.pullwright/quickstart')
  await rm(folder, { recursive: true, force: true })
  await mkdir(folder, { recursive: true })
  const file = join(folder, 'pullwright.db')
  const stage = options.real ? githubStage(options.real.token, options.real.repository) : await localStage(folder)
  const logger = { debug: remember('debug'), info: remember('info'), warn: remember('warn'), error: remember('error') }
  const host = await startHost({
    stage,
    agentaUrl: agenta.url,
    agentaSecret,
    agentaApiKey,
    logger,
    file,
    port: options.port,
  })
  try {
    const clean = await play({ agenta, stage, host, printer, file, logs: () => memory.join('\n') })
    if (options.serve) await serve(host)
    return clean ? 0 : 1
  } finally {
    await host.close()
    await stage.close()
    await agenta.close()
  }
}

async function serve({ url, pullwright }: Host): Promise<void> {
  pullwright.emitter.on('*', ({ type, data }) => {
    if (type.startsWith('pull_request.')) printer.step(`${type}: ${(data as { url?: string }).url}`)
  })
  printer.heading('Still running; Ctrl-C ends it. Try')
  printer.block(`curl -X POST ${url}/deploy -H 'content-type: application/json' -d '{
  "app_name": "support-bot", "variant_name": "concise", "environment": "production",
  "revision": 5, "deployed_by": "you@example.com", "commit_message": "My own change",
  "config": { "model": "gpt-4o", "temperature": 0.2 } }'
curl ${url}/pullwright/readyz

Agenta's webhooks go to  POST ${url}/pullwright/hooks/agenta`)
  await new Promise<void>((resolve) => {
    process.once('SIGINT', resolve)
    process.once('SIGTERM', resolve)
  })
}
