import { isIP } from 'node:net'

/** An address as a number, so that a network is a comparison of its first bits. */
export interface IpAddress {
  family: 4 | 6
  value: bigint
}

/** A network such as `10.0.0.0/8`. */
export interface Network extends IpAddress {
  prefix: number
}

/** Reads the canonical text of an address; brackets and a zone id are ignored. Null for anything else, such as a name. */
export function parseIp(text: string): IpAddress | null {
  const bare = stripDecoration(text)
  const family = isIP(bare)
  if (family === 4) return { family, value: ipv4Value(bare) }
  if (family === 6) return { family, value: ipv6Value(bare) }
  return null
}

/** Reads `10.0.0.0/8`, or a single address. Null where it is neither. */
export function parseNetwork(text: string): Network | null {
  const [address = '', prefixText, ...rest] = text.split('/')
  const ip = parseIp(address)
  if (ip === null || rest.length > 0) return null
  const bits = bitsOf(ip.family)
  if (prefixText === undefined) return { ...ip, prefix: bits }
  if (!/^\d{1,3}$/.test(prefixText) || Number(prefixText) > bits) return null
  return { ...ip, prefix: Number(prefixText) }
}

export function contains(network: Network, ip: IpAddress): boolean {
  if (network.family !== ip.family) return false
  const rest = BigInt(bitsOf(network.family) - network.prefix)
  return network.value >> rest === ip.value >> rest
}

/** The IPv4 address in 32 bits of an IPv6 one, counted from the left. */
export function embeddedIpv4(ip: IpAddress, firstBit: number): IpAddress {
  return { family: 4, value: (ip.value >> BigInt(96 - firstBit)) & 0xffff_ffffn }
}

function stripDecoration(text: string): string {
  const unbracketed = text.startsWith('[') && text.endsWith(']') ? text.slice(1, -1) : text
  const zone = unbracketed.indexOf('%')
  return zone === -1 ? unbracketed : unbracketed.slice(0, zone)
}

function bitsOf(family: 4 | 6): number {
  return family === 4 ? 32 : 128
}

function ipv4Value(text: string): bigint {
  return text.split('.').reduce((value, part) => (value << 8n) | BigInt(part), 0n)
}

function ipv6Value(text: string): bigint {
  const [head = '', tail] = text.split('::')
  const left = groups(head)
  const right = tail === undefined ? [] : groups(tail)
  const zeros = Array<bigint>(8 - left.length - right.length).fill(0n)
  return [...left, ...zeros, ...right].reduce((value, group) => (value << 16n) | group, 0n)
}

/** 16-bit groups; an IPv4 tail counts as two. */
function groups(text: string): bigint[] {
  if (text === '') return []
  return text.split(':').flatMap((part) => {
    if (!part.includes('.')) return [BigInt(`0x${part}`)]
    const value = ipv4Value(part)
    return [value >> 16n, value & 0xffffn]
  })
}
