// WEBHOOK_SECRET='whsec_…' node receive.mjs
import { existsSync, mkdirSync, readdirSync, readFileSync, renameSync, writeFileSync } from 'node:fs'
import { createServer } from 'node:http'
import { join } from 'node:path'
import { verifyWebhook } from '@pullwright/core/signing'

const { WEBHOOK_SECRET = '', SCHEME = 'standard', INBOX = 'inbox', PORT = '8080' } = process.env
const secrets = WEBHOOK_SECRET.split(/\s+/).filter((one) => one !== '') // two while the secret is rotated
const MAX_BODY = 1024 * 1024

/** What is to be done about a delivery. Where it throws, it comes again with the next one, or after a restart. */
async function handle({ event, delivery_id }) {
  console.log(`handled ${event} ${delivery_id}`)
}

const server = createServer(async (req, res) => {
  try {
    const body = await rawBody(req)
    if (body === null) return res.writeHead(413, { connection: 'close' }).end()
    const verdict = verifyWebhook(SCHEME, { secrets, headers: req.headers, body }) // ±300 s, in constant time
    if (!verdict.ok) {
      console.error(`refused: ${verdict.reason}`)
      return res.writeHead(401).end()
    }
    const { delivery_id } = JSON.parse(body.toString()) // as `webhook-id`, and signed in every scheme
    res.writeHead(keep(delivery_id, body) ? 202 : 200).end()
    work()
  } catch (error) {
    console.error(error)
    res.writeHead(500).end() // nothing was kept: Pullwright sends it again
  }
})

/** False where it was kept before. In your service: one INSERT with the id as primary key. */
function keep(id, body) {
  if (!/^\w+$/.test(id)) throw new Error('The delivery has no usable id')
  const file = join(INBOX, `${id}.json`)
  if (existsSync(file)) return false
  writeFileSync(`${file}.new`, body, { flush: true })
  renameSync(`${file}.new`, file)
  return true
}

let working = Promise.resolve()
/** One after another, after the answer. */
function work() {
  working = working.then(async () => {
    for (const name of readdirSync(INBOX).sort()) {
      const done = join(INBOX, name.replace(/json$/, 'done'))
      if (!name.endsWith('.json') || existsSync(done)) continue
      try {
        await handle(JSON.parse(readFileSync(join(INBOX, name), 'utf8')))
        writeFileSync(done, '')
      } catch (error) {
        console.error(error)
      }
    }
  })
}

/** The bytes as they came: what a JSON parser has seen and written again has another signature. */
async function rawBody(req) {
  const chunks = []
  let size = 0
  for await (const chunk of req) {
    size += chunk.length
    if (size > MAX_BODY) return null
    chunks.push(chunk)
  }
  return Buffer.concat(chunks)
}

if (secrets.length === 0) throw new Error('Set WEBHOOK_SECRET')
mkdirSync(INBOX, { recursive: true })
server.listen(Number(PORT), '127.0.0.1', () => {
  console.log(`listening on http://127.0.0.1:${server.address().port}/`)
  work() // begins with what a crash left
})
