import { createHmac, timingSafeEqual } from 'node:crypto'
import type * as Core from '@pullwright/core'
import { compare, ratio } from './compare.ts'
import { type Bar, bars, table, title } from './report.ts'

/** Against the least that any implementation must do: one HMAC with two updates, and for verifying one comparison. */
export async function benchSigning({ signWebhook, verifyWebhook, generateSecret }: typeof Core): Promise<void> {
  const secret = generateSecret()
  const key = Buffer.from(secret.slice('whsec_'.length), 'base64')
  const now = new Date(1_750_000_000_000)
  const rows: (string | number)[][] = []
  const reached: Bar[] = []
  for (const kibibytes of [1, 10]) {
    const body = Buffer.alloc(kibibytes * 1024, '{"event":"environment.deployed"}')
    const id = 'task_01JZX4W5Q0N8Y2V3T7S6R9P1MK'
    const prefix = Buffer.from(`${id}.${now.getTime() / 1000}.`)
    const headers = signWebhook('standard', { secrets: secret, id, timestamp: now, body })
    const expected = Buffer.from((headers['webhook-signature'] ?? '').slice('v1,'.length), 'base64')
    const times = await compare({
      'createHmac, two updates': () => createHmac('sha256', key).update(prefix).update(body).digest('base64'),
      'signWebhook standard': () => signWebhook('standard', { secrets: secret, id, timestamp: now, body }),
      'signWebhook agenta': () => signWebhook('agenta', { secrets: secret, id, timestamp: now, body }),
      'createHmac and timingSafeEqual': () =>
        timingSafeEqual(createHmac('sha256', key).update(prefix).update(body).digest(), expected),
      'verifyWebhook standard': () => verifyWebhook('standard', { secrets: secret, headers, body, now }),
    })
    const bare = times['createHmac, two updates']
    for (const [name, time] of Object.entries(times)) {
      rows.push([`${kibibytes} KiB`, name, Math.round(1000 / time.median), ratio(bare, time)])
      if (name.includes('Webhook')) {
        reached.push({ what: `${kibibytes} KiB, ${name}: of createHmac's speed`, value: ratio(bare, time), least: 0.8 })
      }
    }
  }
  title('Signing')
  table(['body', 'with', 'a second', 'of createHmac'], rows)
  bars(reached)
}
