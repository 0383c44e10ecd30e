import { createHmac } from 'node:crypto'
import type { Pool } from 'pg'
import { Agent, request } from 'undici'

export interface PeerDelivery {
  /** Signs, sends, and keeps a row of the attempt. */
  deliver(id: string, data: unknown): Promise<void>
  close(): Promise<void>
}

interface AuditRow {
  task: string
  started: number
  ended: number
  outcome: string
  details: string
}

const SECRET = Buffer.from('a signing secret of 32 bytes ...')

/** `each`: a statement for each row, as a job function writes it. `gathered`: rows that come together go together. */
export type AuditRows = 'each' | 'gathered'

/**
 * What a host writes around a job queue to get what Pullwright does for each delivery: a Standard Webhooks signature,
 * undici on keep-alive connections, the whole answer read, a row with request, answer and times.
 */
export function createPeerDelivery(pool: Pool, sinkUrl: string, rows: AuditRows): PeerDelivery {
  const agent = new Agent({ connections: 256, pipelining: 1 })
  const audit = rows === 'each' ? writeEach(pool) : gather(pool)

  return {
    async deliver(id, data) {
      const started = Date.now()
      const begun = performance.now()
      const body = JSON.stringify({
        event: 'bench.recorded',
        timestamp: new Date(started).toISOString(),
        delivery_id: id,
        project_id: 'default',
        data,
      })
      const { status, headers, text, sent } = await signAndSend(agent, sinkUrl, id, body)
      const details = JSON.stringify({
        request: { method: 'POST', url: sinkUrl, headers: sent, bytes: Buffer.byteLength(body) },
        response: { status, headers, body: text, truncated: false },
        timings: { total: performance.now() - begun },
      })
      await audit({ task: id, started, ended: Date.now(), outcome: status < 300 ? 'done' : 'retry', details })
    },
    close: () => agent.close(),
  }
}

export async function signAndSend(agent: Agent, url: string, id: string, body: string) {
  const timestamp = Math.floor(Date.now() / 1000)
  const signature = createHmac('sha256', SECRET).update(`${id}.${timestamp}.`).update(body).digest('base64')
  const sent = {
    'content-type': 'application/json',
    'user-agent': 'bench/1.0',
    'webhook-id': id,
    'webhook-timestamp': String(timestamp),
    'webhook-signature': `v1,${signature}`,
  }
  const answer = await request(url, { method: 'POST', headers: sent, body, dispatcher: agent })
  return { status: answer.statusCode, headers: answer.headers, text: await answer.body.text(), sent }
}

export const AUDIT_TABLE = `create table if not exists attempts (
  task text not null, number integer not null, started_at double precision not null, ended_at double precision not null,
  outcome text not null, error text, details text not null, primary key (task, number))`

const INSERT = `insert into attempts (task, number, started_at, ended_at, outcome, details)
  select a.task, 1, a.started, a.ended, a.outcome, a.details
  from unnest($1::text[], $2::float8[], $3::float8[], $4::text[], $5::text[]) as a(task, started, ended, outcome, details)`

const INSERT_ONE = `insert into attempts (task, number, started_at, ended_at, outcome, details)
  values ($1, 1, $2, $3, $4, $5)`

function writeEach(pool: Pool): (row: AuditRow) => Promise<void> {
  return async ({ task, started, ended, outcome, details }) => {
    await pool.query({ name: 'audit-one', text: INSERT_ONE, values: [task, started, ended, outcome, details] })
  }
}

/** What comes while others are being written goes in the next statement. */
function gather(pool: Pool): (row: AuditRow) => Promise<void> {
  let waiting: { row: AuditRow; resolve: () => void; reject: (error: unknown) => void }[] = []
  let busy = false

  return (row) =>
    new Promise((resolve, reject) => {
      waiting.push({ row, resolve, reject })
      if (busy) return
      busy = true
      setImmediate(flush)
    })

  async function flush(): Promise<void> {
    while (waiting.length > 0) {
      const batch = waiting.slice(0, 100)
      waiting = waiting.slice(100)
      const column = (name: keyof AuditRow) => batch.map(({ row }) => row[name])
      const values = [column('task'), column('started'), column('ended'), column('outcome'), column('details')]
      try {
        await pool.query({ name: 'audit', text: INSERT, values })
        for (const { resolve } of batch) resolve()
      } catch (error) {
        for (const { reject } of batch) reject(error)
      }
    }
    busy = false
  }
}
