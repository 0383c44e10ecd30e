import { createHmac, randomUUID } from 'node:crypto'

export interface DeliveryOptions {
  secret?: string
  /** Default: a new one. */
  requestId?: string
  attempt?: number
}

export interface BitbucketDelivery {
  headers: Record<string, string>
  body: string
}

/** https://support.atlassian.com/bitbucket-cloud/docs/event-payloads and /manage-webhooks ("Secure webhooks"). */
export function signedDelivery(
  event: string,
  payload: Record<string, unknown>,
  { secret, requestId = randomUUID(), attempt = 1 }: DeliveryOptions = {},
): BitbucketDelivery {
  const body = JSON.stringify(payload)
  const signature = secret === undefined ? null : createHmac('sha256', secret).update(body).digest('hex')
  return {
    body,
    headers: {
      'content-type': 'application/json; charset=UTF-8',
      'user-agent': 'Bitbucket-Webhooks/2.0',
      'x-event-key': event,
      'x-hook-uuid': randomUUID(),
      'x-request-uuid': requestId,
      'x-attempt-number': String(attempt),
      ...(signature === null ? {} : { 'x-hub-signature': `sha256=${signature}` }),
    },
  }
}
