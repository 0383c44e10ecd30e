import { PullwrightError } from '../errors.ts'
import { contains, embeddedIpv4, type IpAddress, type Network, parseIp, parseNetwork } from '../http/ip-address.ts'
import { problemResponse } from '../inbound/answers.ts'
import type { PullwrightHttp } from './http-port.ts'
import { createRateLimiter, type RateLimit } from './rate-limiter.ts'

export interface HookOptions {
  /**
   * Networks and addresses that may send, such as `192.30.252.0/22`: of every source, or by the name of the source (those
   * not named take from anywhere). A sender whose address is not known is refused.
   */
  allow?: readonly string[] | Readonly<Record<string, readonly string[]>>
  /** For each source and sender's address, in this process. Default: none. */
  rateLimit?: RateLimit
}

/**
 * The address of whoever sent a request; null where it is not known. Default: that of the connection, from `native` of
 * Node's servers. Behind a proxy, read the header that your proxy sets and that nobody else can.
 */
export type ClientAddress = (request: Request, native?: unknown) => string | null

/** Refuses a delivery before its body is read; null lets it pass. */
export type HookGuard = (source: string, request: Request, native: unknown) => Response | null

const IPV4_MAPPED: Network = { family: 6, value: 0xffffn << 32n, prefix: 96 }

export function createHookGuard(
  http: Pick<PullwrightHttp, 'log' | 'now'>,
  { allow, rateLimit }: HookOptions = {},
  clientAddress: ClientAddress = connectionAddress,
): HookGuard {
  if (allow === undefined && rateLimit === undefined) return () => null
  const networksOf = readAllowed(allow)
  const limit = rateLimit === undefined ? null : createRateLimiter('hooks', rateLimit, http.now)

  return (source, request, native) => {
    const address = clientAddress(request, native)
    const networks = networksOf(source)
    if (networks !== null && !isIn(networks, address)) {
      http.log.warn({ source, address }, 'A delivery was refused: its sender is not on the list of `hooks.allow`')
      return problemResponse(403, 'forbidden', 'Forbidden')
    }
    const verdict = limit?.(JSON.stringify([source, address]))
    if (verdict === undefined || verdict.ok) return null
    http.log.warn({ source, address }, 'A delivery was refused: its sender sends more than `hooks.rateLimit`')
    return problemResponse(429, 'rate-limited', 'Too Many Requests', { headers: verdict.headers })
  }
}

function connectionAddress(_request: Request, native?: unknown): string | null {
  const { socket } = (native ?? {}) as { socket?: { remoteAddress?: unknown } }
  return typeof socket?.remoteAddress === 'string' ? socket.remoteAddress : null
}

function readAllowed(allow: HookOptions['allow']): (source: string) => readonly Network[] | null {
  if (allow === undefined) return () => null
  if (isList(allow)) {
    const networks = allow.map(networkOf)
    return () => networks
  }
  const bySource = new Map(Object.entries(allow).map(([source, list]) => [source, list.map(networkOf)]))
  return (source) => bySource.get(source) ?? null
}

function isList(allow: NonNullable<HookOptions['allow']>): allow is readonly string[] {
  return Array.isArray(allow)
}

function networkOf(text: string): Network {
  const network = parseNetwork(text)
  if (network !== null) return network
  const message = `\`hooks.allow\` must name addresses and networks such as 192.30.252.0/22, and not ${JSON.stringify(text)}`
  throw new PullwrightError('invalid-argument', message)
}

function isIn(networks: readonly Network[], address: string | null): boolean {
  const ip = address === null ? null : parseIp(address.trim())
  return ip !== null && networks.some((network) => contains(network, plain(ip)))
}

/** Servers that listen on IPv6 show IPv4 callers as `::ffff:192.0.2.1`. */
function plain(ip: IpAddress): IpAddress {
  return contains(IPV4_MAPPED, ip) ? embeddedIpv4(ip, 96) : ip
}
