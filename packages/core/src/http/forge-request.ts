import { createHash } from 'node:crypto'
import type { TransportRequest } from '../ports/transport.ts'

/** A request as the limits see it. */
export interface ForgeRequestFacts {
  host: string
  /** Host and credential, hashed: limits count by token. */
  credential: string
  /** Credential and what it draws on: REST, GraphQL and search are counted apart. */
  allowance: string
  /** Repeating it changes nothing. */
  repeatable: boolean
  /** Writes to the same place run one after another; null for reads. */
  writeLane: string | null
}

export type ForgeRequest = TransportRequest & {
  /** Repeating it changes nothing though its method does not say so. GraphQL queries are recognised. */
  idempotent?: boolean
}

const READ_METHODS = new Set(['GET', 'HEAD', 'OPTIONS'])
/** Where the forges take their credentials: GitHub, Bitbucket; GitLab. */
const CREDENTIAL_HEADERS = ['authorization', 'private-token', 'job-token'] as const

export function forgeRequestFacts(request: ForgeRequest): ForgeRequestFacts {
  const url = URL.canParse(request.url) ? new URL(request.url) : null
  const host = url?.host ?? ''
  const path = url?.pathname ?? ''
  const credential = hash(host, ...credentialsIn(request.headers ?? {}))
  const graphql = path.endsWith('/graphql')
  const reads =
    READ_METHODS.has(request.method.toUpperCase()) || request.idempotent === true || (graphql && isQuery(request.body))
  return {
    host,
    credential,
    allowance: `${credential} ${graphql ? 'graphql' : /\/search\//.test(path) ? 'search' : 'rest'}`,
    repeatable: reads,
    writeLane: reads ? null : `${credential} ${graphql ? 'graphql' : placeOf(path)}`,
  }
}

/** `owner/repo` (GitHub, Bitbucket) or a project's id (GitLab); the path where there is neither. */
function placeOf(path: string): string {
  const named = /\/(?:repos|repositories)\/([^/]+\/[^/]+)/.exec(path) ?? /\/projects\/([^/]+)/.exec(path)
  return (named?.[1] ?? path).toLowerCase()
}

/** One operation that reads. In doubt it is a write. */
function isQuery(body: TransportRequest['body']): boolean {
  if (body === undefined) return false
  try {
    const text = typeof body === 'string' ? body : new TextDecoder().decode(body)
    const { query } = JSON.parse(text) as { query?: unknown }
    if (typeof query !== 'string') return false
    const document = query.replace(/#[^\n\r]*/g, ' ')
    return /^[\s,]*(query\b|\{|fragment\b)/.test(document) && !/\b(mutation|subscription)\b/.test(document)
  } catch {
    return false
  }
}

function credentialsIn(headers: Readonly<Record<string, string>>): string[] {
  const lower = new Map(Object.entries(headers).map(([name, value]) => [name.toLowerCase(), value]))
  return CREDENTIAL_HEADERS.map((name) => lower.get(name) ?? '')
}

function hash(...parts: readonly string[]): string {
  return createHash('sha256').update(JSON.stringify(parts)).digest('hex').slice(0, 32)
}
