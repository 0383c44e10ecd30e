import { signWebhook, type WebhookScheme } from '../signing/index.ts'
import type { EndpointScheme } from './endpoint-settings.ts'

/** What is signed and announced on one attempt. */
export interface DeliveryIdentity {
  /** The task's id: the same on every attempt. */
  id: string
  type: string
  /** The attempt's time, milliseconds since the epoch. */
  at: number
  body: string | Uint8Array
}

const USER_AGENT = 'Pullwright-Webhook/1.0'

/** Where each scheme's receivers look for the type of event: the vendors' documentation of their own deliveries. */
const TYPE_HEADERS: Readonly<Partial<Record<EndpointScheme, readonly string[]>>> = {
  agenta: ['X-Agenta-Event', 'X-Agenta-Event-Type'],
  agentaSha256: ['X-Agenta-Event', 'X-Agenta-Event-Type'],
  github: ['X-GitHub-Event'],
  gitlab: ['X-Gitlab-Event'],
  bitbucket: ['X-Event-Key'],
}

/**
 * The headers of one attempt. Own headers come first, so that none of them replaces one of ours. Schemes that share a
 * header have their signatures in it one after the other, with a comma.
 */
export function deliveryHeaders(
  schemes: readonly EndpointScheme[],
  secrets: readonly string[],
  own: Readonly<Record<string, string>>,
  identity: DeliveryIdentity,
): Record<string, string> {
  const headers: Record<string, string> = {}
  for (const name of Object.keys(own)) put(headers, name.toLowerCase(), own[name] ?? '')
  headers['content-type'] = 'application/json'
  headers['user-agent'] = USER_AGENT
  const signed: Record<string, string> = {}
  for (const scheme of schemes) {
    const proof = proofOf(scheme, secrets, identity)
    for (const name of Object.keys(proof)) {
      const [key, value] = [name.toLowerCase(), proof[name] ?? '']
      const before = signed[key]
      signed[key] = before === undefined || before === value ? value : `${before},${value}`
    }
    for (const name of TYPE_HEADERS[scheme] ?? []) headers[name.toLowerCase()] = identity.type
  }
  return Object.assign(headers, signed)
}

/** An assignment would set the prototype of an object instead of a member of that name. */
function put(headers: Record<string, string>, name: string, value: string): void {
  if (name === '__proto__') Object.defineProperty(headers, name, { value, ...ORDINARY })
  else headers[name] = value
}

const ORDINARY = { enumerable: true, configurable: true, writable: true }

/** Headers that only Pullwright sets: hop-by-hop ones (RFC 9110, 7.6.1), the content's, and those that carry proof. */
const SYSTEM_HEADERS = new Set([
  'accept-encoding',
  'connection',
  'content-encoding',
  'content-length',
  'content-type',
  'expect',
  'host',
  'idempotency-key',
  'keep-alive',
  'te',
  'trailer',
  'transfer-encoding',
  'upgrade',
  'user-agent',
  'x-event-key',
  'x-request-uuid',
])
const SYSTEM_PREFIXES = ['webhook-', 'x-agenta-', 'x-hub-', 'x-github-', 'x-gitlab-', 'x-atlassian-', 'proxy-'] as const

/** Whether an endpoint's own headers must not contain this one. */
export function isSystemHeader(name: string): boolean {
  const lower = name.toLowerCase()
  return SYSTEM_HEADERS.has(lower) || SYSTEM_PREFIXES.some((prefix) => lower.startsWith(prefix))
}

function proofOf(
  scheme: EndpointScheme,
  secrets: readonly string[],
  { id, at, body }: DeliveryIdentity,
): Record<string, string> {
  if (scheme === 'authorization') return { authorization: secrets[0] ?? '' }
  return signWebhook(scheme satisfies WebhookScheme, { secrets, id, timestamp: at, body })
}
