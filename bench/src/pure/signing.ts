import { createHmac, timingSafeEqual } from 'node:crypto'
import type * as Core from '@pullwright/core'
import { compare, ratio, type Times } from './compare.ts'
import { type Bar, bars, table, title } from './report.ts'

const SIGN = 'createHmac, two updates'
const VERIFY = 'createHmac and timingSafeEqual'

/**
 * Against the least that anyone must do. To sign: one HMAC with two updates, its key and prefix lying ready as bytes. To
 * verify: the same, and a comparison in constant time with the signature, which comes as base64.
 */
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
    const signature = (headers['webhook-signature'] ?? '').slice('v1,'.length)
    const hmac = () => createHmac('sha256', key).update(prefix).update(body)
    const times = await compare({
      [SIGN]: () => hmac().digest('base64'),
      'signWebhook standard': () => signWebhook('standard', { secrets: secret, id, timestamp: now, body }),
      'signWebhook agenta': () => signWebhook('agenta', { secrets: secret, id, timestamp: now, body }),
      [VERIFY]: () => timingSafeEqual(hmac().digest(), Buffer.from(signature, 'base64')),
      'verifyWebhook standard': () => verifyWebhook('standard', { secrets: secret, headers, body, now }),
    })
    for (const [name, time] of Object.entries(times)) {
      const bare = times[name === VERIFY || name.startsWith('verify') ? VERIFY : SIGN] as Times
      rows.push([`${kibibytes} KiB`, name, Math.round(1000 / time.median), ratio(bare, time)])
      if (name.includes('Webhook')) {
        reached.push({ what: `${kibibytes} KiB, ${name}: of bare speed`, value: ratio(bare, time), least: 0.8 })
      }
    }
  }
  title('Signing')
  table(['body', 'with', 'a second', 'of the bare one'], rows)
  bars(reached)
}
