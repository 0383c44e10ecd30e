/** One network that webhooks never go to, and where that is written. */
export interface EgressRule {
  network: string
  what: string
  source: string
}

const IANA4 = 'IANA IPv4 Special-Purpose Address Registry'
const IANA6 = 'IANA IPv6 Special-Purpose Address Registry'

/** Refused unless the operator allows them. */
export const BLOCKED_NETWORKS: readonly EgressRule[] = [
  { network: '0.0.0.0/8', what: 'this network', source: `${IANA4}, RFC 791` },
  { network: '10.0.0.0/8', what: 'private', source: `${IANA4}, RFC 1918` },
  { network: '100.64.0.0/10', what: 'carrier-grade NAT', source: `${IANA4}, RFC 6598` },
  { network: '127.0.0.0/8', what: 'loopback', source: `${IANA4}, RFC 1122` },
  { network: '169.254.0.0/16', what: 'link-local, cloud metadata', source: `${IANA4}, RFC 3927` },
  { network: '172.16.0.0/12', what: 'private', source: `${IANA4}, RFC 1918` },
  { network: '192.0.0.0/24', what: 'protocol assignments', source: `${IANA4}, RFC 6890` },
  { network: '192.0.2.0/24', what: 'documentation', source: `${IANA4}, RFC 5737` },
  { network: '192.88.99.0/24', what: '6to4 relay anycast', source: `${IANA4}, RFC 7526` },
  { network: '192.168.0.0/16', what: 'private', source: `${IANA4}, RFC 1918` },
  { network: '198.18.0.0/15', what: 'benchmarking', source: `${IANA4}, RFC 2544` },
  { network: '198.51.100.0/24', what: 'documentation', source: `${IANA4}, RFC 5737` },
  { network: '203.0.113.0/24', what: 'documentation', source: `${IANA4}, RFC 5737` },
  { network: '224.0.0.0/4', what: 'multicast', source: 'RFC 5771' },
  { network: '240.0.0.0/4', what: 'reserved, broadcast', source: `${IANA4}, RFC 1112` },
  {
    network: '168.63.129.16/32',
    what: 'the host of an Azure machine',
    source: 'Azure documentation, virtual public IP',
  },
  { network: '::/8', what: 'unspecified, loopback, IPv4-mapped and -compatible', source: `${IANA6}, RFC 4291` },
  { network: '64:ff9b:1::/48', what: 'local-use NAT64', source: `${IANA6}, RFC 8215` },
  { network: '100::/64', what: 'discard-only', source: `${IANA6}, RFC 6666` },
  { network: '2001::/23', what: 'protocol assignments, Teredo', source: `${IANA6}, RFC 2928` },
  { network: '2001:db8::/32', what: 'documentation', source: `${IANA6}, RFC 3849` },
  { network: '3fff::/20', what: 'documentation', source: `${IANA6}, RFC 9637` },
  { network: '5f00::/16', what: 'segment routing', source: `${IANA6}, RFC 9602` },
  { network: 'fc00::/7', what: 'unique local', source: `${IANA6}, RFC 4193` },
  { network: 'fe80::/10', what: 'link-local', source: `${IANA6}, RFC 4291` },
  { network: 'fec0::/10', what: 'site-local', source: 'RFC 3879' },
  { network: 'ff00::/8', what: 'multicast', source: 'RFC 4291' },
]

/** IPv6 networks judged by the IPv4 address they carry, from `firstBit` on. They come before the rules above. */
export const EMBEDDING_NETWORKS: readonly (EgressRule & { firstBit: number })[] = [
  { network: '64:ff9b::/96', firstBit: 96, what: 'NAT64', source: `${IANA6}, RFC 6052` },
  { network: '2002::/16', firstBit: 16, what: '6to4', source: `${IANA6}, RFC 3056` },
]
