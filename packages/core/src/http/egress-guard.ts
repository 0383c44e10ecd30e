import { lookup as systemLookup } from 'node:dns/promises'
import { checkNames } from '../check-fields.ts'
import { PullwrightError } from '../errors.ts'
import { BLOCKED_NETWORKS, EMBEDDING_NETWORKS } from './egress-rules.ts'
import { contains, embeddedIpv4, type IpAddress, type Network, parseIp, parseNetwork } from './ip-address.ts'

export interface EgressOptions {
  /** Also let `http:` pass. Default: `https:` only. */
  allowHttp?: boolean
  /** CIDRs (`10.1.0.0/16`), addresses, host names (`hooks.internal`) or `*.internal`; what they match is never refused. */
  allow?: readonly string[]
  /** Every address of a name. Default: the system's resolver. */
  lookup?: (hostname: string) => Promise<readonly ResolvedAddress[]>
}

export interface ResolvedAddress {
  address: string
  family: number
}

export interface EgressGuard {
  /** Refuses what can be judged without DNS: scheme, credentials, literal addresses, names of this machine. */
  check(url: string | URL): URL
  /** Asks DNS once and refuses if any answer is blocked. Connect to what it returns and to nothing else. */
  resolve(hostname: string): Promise<readonly ResolvedAddress[]>
}

/**
 * Keeps requests to addresses that a tenant supplied away from private networks. Throws `egress-blocked`, and
 * `invalid-argument` for an entry of `allow` that is neither a network nor a name, and for an option that there is not.
 */
export function createEgressGuard(options: EgressOptions = {}): EgressGuard {
  const { allowHttp = false, allow = [], lookup = resolveName } = options
  checkNames('`egress`', options, { allowHttp: true, allow: true, lookup: true })
  const allowed = readAllowList(allow)
  const rules = readRules()
  return {
    check(input) {
      const url = typeof input === 'string' ? parseUrl(input) : input
      if (url.protocol !== 'https:' && url.protocol !== 'http:') throw blocked(`${url.protocol} URLs are not sent to`)
      if (url.protocol === 'http:' && !allowHttp) {
        throw blocked('http: is not encrypted; use https:, or set egress.allowHttp')
      }
      if (url.username !== '' || url.password !== '') throw blocked('a URL must not carry a user name or password')
      checkHost(bareHost(url.hostname), allowed, rules)
      return url
    },
    async resolve(hostname) {
      const host = bareHost(hostname)
      checkHost(host, allowed, rules)
      const literal = parseIp(host)
      if (literal !== null) return [{ address: host, family: literal.family }]
      const answers = await lookup(host)
      if (!allowed.names(host)) for (const answer of answers) checkAnswer(host, answer.address, allowed, rules)
      return answers
    },
  }
}

/** Every address the system's resolver knows, in its order. */
export function resolveName(hostname: string): Promise<ResolvedAddress[]> {
  return systemLookup(hostname, { all: true, verbatim: true })
}

/** Why an address is refused, or null. `isAllowed` comes first, also for an IPv4 address inside an IPv6 one. */
export function whyBlocked(
  ip: IpAddress,
  isAllowed: (ip: IpAddress) => boolean = () => false,
  rules: EgressRules = readRules(),
): string | null {
  if (isAllowed(ip)) return null
  const carrier = rules.embedding.find((rule) => contains(rule.network, ip))
  if (carrier !== undefined) {
    const inner = whyBlocked(embeddedIpv4(ip, carrier.firstBit), isAllowed, rules)
    return inner === null ? null : `${carrier.what} to ${inner}`
  }
  return rules.blocked.find((rule) => contains(rule.network, ip))?.what ?? null
}

interface AllowList {
  ips(ip: IpAddress): boolean
  names(host: string): boolean
}

type EgressRules = ReturnType<typeof readRules>

/** For each guard anew: read when this file is loaded, they would cost every program that imports it. */
function readRules() {
  return {
    blocked: BLOCKED_NETWORKS.map(({ network, what }) => ({ network: networkOf(network), what })),
    embedding: EMBEDDING_NETWORKS.map((rule) => ({ ...rule, network: networkOf(rule.network) })),
    loopbacks: ['127.0.0.1', '::1'].map(networkOf),
  }
}

const HOST_NAME =
  /^(\*\.)?[\p{L}\p{N}_]([\p{L}\p{N}_-]*[\p{L}\p{N}_])?(\.[\p{L}\p{N}_]([\p{L}\p{N}_-]*[\p{L}\p{N}_])?)*\.?$/u

function checkHost(host: string, allowed: AllowList, rules: EgressRules): void {
  if (host === '') throw blocked('the URL names no host')
  if (allowed.names(host)) return
  if (parseIp(host) !== null) checkAnswer(host, host, allowed, rules)
  // RFC 6761, 6.3: these names are loopback whatever DNS says.
  if (
    (host === 'localhost' || host.endsWith('.localhost')) &&
    !rules.loopbacks.some((loopback) => allowed.ips(loopback))
  ) {
    throw blocked(`${host} is this machine`)
  }
}

function checkAnswer(host: string, address: string, allowed: AllowList, rules: EgressRules): void {
  const ip = parseIp(address)
  if (ip === null) throw blocked(`${host} resolves to something that is no address`)
  const reason = whyBlocked(ip, allowed.ips, rules)
  if (reason === null) return
  throw blocked(host === address ? `${host} is ${reason}` : `${host} resolves to ${address}, which is ${reason}`)
}

function readAllowList(entries: readonly string[]): AllowList {
  const networks: Network[] = []
  const names = new Set<string>()
  const suffixes: string[] = []
  for (const entry of entries) {
    const text = entry.trim().toLowerCase()
    const network = parseNetwork(text)
    if (network !== null) networks.push(network)
    else if (!HOST_NAME.test(text) || parseIp(canonicalHost(text)) !== null) throw unreadable(entry)
    else if (text.startsWith('*.')) suffixes.push(bareHost(text.slice(1)))
    else names.add(bareHost(canonicalHost(text)))
  }
  return {
    ips: (ip) => networks.some((network) => contains(network, ip)),
    names: (host) => names.has(host) || suffixes.some((suffix) => host.endsWith(suffix)),
  }
}

/** Without brackets, zone and final dots. */
function bareHost(hostname: string): string {
  const unbracketed = hostname.startsWith('[') ? hostname.slice(1, -1) : hostname
  return unbracketed.toLowerCase().replace(/%.*$/, '').replace(/\.+$/, '')
}

/** As a URL would have it: punycode, and numbers such as `0x7f.1` as an address. */
function canonicalHost(text: string): string {
  return URL.canParse(`https://${text}`) ? new URL(`https://${text}`).hostname : text
}

function parseUrl(text: string): URL {
  if (!URL.canParse(text)) throw blocked('that is no absolute URL')
  return new URL(text)
}

function networkOf(text: string): Network {
  const network = parseNetwork(text)
  if (network === null) throw new Error(`no network: ${text}`)
  return network
}

function blocked(why: string): PullwrightError {
  return new PullwrightError('egress-blocked', `Refused to send: ${why}. An operator can allow it with egress.allow.`)
}

function unreadable(entry: string): PullwrightError {
  return new PullwrightError(
    'invalid-argument',
    `egress.allow: "${entry}" is neither a network (10.1.0.0/16), nor an address, nor a host name (hooks.internal, *.internal).`,
  )
}
