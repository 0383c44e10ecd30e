import { invalidArgument } from './check-input.ts'

/**
 * How a webhook is signed. A scheme is its name, so that it can be stored and sent as JSON.
 * - `standard`: Standard Webhooks 1.0, HMAC-SHA256 over `id.timestamp.body`.
 * - `agenta`: what Agenta sends, HMAC-SHA256 over `timestamp.body`.
 * - `agentaSha256`, `github`, `bitbucket`, `jira`: HMAC-SHA256 over the body.
 * - `gitlab`: Standard Webhooks from GitLab 19.0 on, a plain token before.
 */
export const schemes = {
  standard: 'standard',
  agenta: 'agenta',
  agentaSha256: 'agentaSha256',
  github: 'github',
  gitlab: 'gitlab',
  bitbucket: 'bitbucket',
  jira: 'jira',
} as const

export type WebhookScheme = keyof typeof schemes

/** What a scheme's headers are called. `id` is not covered by the signature, except in Standard Webhooks. */
export interface SchemeHeaders {
  signature: string
  id: string
  /** Other headers that carry the id, for receivers that look there. */
  alsoId?: string
}

const AGENTA: SchemeHeaders = {
  signature: 'X-Agenta-Signature',
  id: 'X-Agenta-Delivery-Id',
  alsoId: 'Idempotency-Key',
}

/**
 * Header names, as the vendors document them: standardwebhooks.com; docs.github.com "Validating webhook deliveries";
 * docs.gitlab.com "Webhooks"; support.atlassian.com "Manage webhooks" (Bitbucket Cloud); developer.atlassian.com
 * "Webhooks" (Jira Cloud); Agenta's own deliveries (v0.94 and later).
 */
export const SCHEME_HEADERS: Readonly<Record<WebhookScheme, SchemeHeaders>> = {
  standard: { signature: 'webhook-signature', id: 'webhook-id' },
  agenta: AGENTA,
  agentaSha256: AGENTA,
  github: { signature: 'X-Hub-Signature-256', id: 'X-GitHub-Delivery' },
  gitlab: { signature: 'X-Gitlab-Token', id: 'X-Gitlab-Event-UUID', alsoId: 'Idempotency-Key' },
  bitbucket: { signature: 'X-Hub-Signature', id: 'X-Request-UUID' },
  jira: { signature: 'X-Hub-Signature', id: 'X-Atlassian-Webhook-Identifier' },
}

/** Standard Webhooks: seconds either way. */
export const DEFAULT_TOLERANCE_SECONDS = 300

/** Throws `invalid-argument` for a scheme there is not. */
export function headersOf(scheme: WebhookScheme): SchemeHeaders {
  if (Object.hasOwn(SCHEME_HEADERS, scheme)) return SCHEME_HEADERS[scheme]
  throw invalidArgument(`There is no signing scheme ${JSON.stringify(scheme)}`)
}
