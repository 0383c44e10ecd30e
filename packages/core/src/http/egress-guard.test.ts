import { BlockList } from 'node:net'
import fc from 'fast-check'
import { afterEach, describe, expect, test } from 'vitest'
import { isPullwrightError } from '../errors.ts'
import { createEgressGuard, type EgressGuard, whyBlocked } from './egress-guard.ts'
import { contains, parseIp, parseNetwork } from './ip-address.ts'
import { startSink } from './test-sink.ts'
import { createTransport } from './transport.ts'

const open: { close(): Promise<void> }[] = []
afterEach(async () => {
  for (const thing of open.splice(0)) await thing.close()
})

const PUBLIC = '93.184.215.14'

function refuses(guard: EgressGuard, url: string): boolean {
  try {
    guard.check(url)
    return false
  } catch (error) {
    if (isPullwrightError(error) && error.code === 'egress-blocked') return true
    throw error
  }
}

async function refusalOf(promise: Promise<unknown>): Promise<string> {
  try {
    await promise
  } catch (error) {
    if (isPullwrightError(error)) return error.code
    throw error
  }
  return 'let through'
}

const answering = (...addresses: string[]) =>
  createEgressGuard({
    lookup: async () => addresses.map((address) => ({ address, family: address.includes(':') ? 6 : 4 })),
  })

/** The same law written a second time, on Node's own block list and on text. */
const oracle4 = new BlockList()
for (const [net, bits] of [
  ['0.0.0.0', 8],
  ['10.0.0.0', 8],
  ['100.64.0.0', 10],
  ['127.0.0.0', 8],
  ['169.254.0.0', 16],
  ['172.16.0.0', 12],
  ['192.0.0.0', 24],
  ['192.0.2.0', 24],
  ['192.88.99.0', 24],
  ['192.168.0.0', 16],
  ['198.18.0.0', 15],
  ['198.51.100.0', 24],
  ['203.0.113.0', 24],
  ['224.0.0.0', 3],
  ['168.63.129.16', 32],
] as const) {
  oracle4.addSubnet(net, bits, 'ipv4')
}
const oracle6 = new BlockList()
for (const [net, bits] of [
  ['::', 8],
  ['64:ff9b:1::', 48],
  ['100::', 64],
  ['2001::', 23],
  ['2001:db8::', 32],
  ['3fff::', 20],
  ['5f00::', 16],
  ['fc00::', 7],
  ['fe80::', 9],
  ['ff00::', 8],
] as const) {
  oracle6.addSubnet(net, bits, 'ipv6')
}
const dotted = (high: number, low: number) => [high >> 8, high & 255, low >> 8, low & 255].join('.')

function oracleBlocks(groups: readonly number[]): boolean {
  const [a = 0, b = 0, c = 0, d = 0, e = 0, f = 0, g = 0, h = 0] = groups
  if (a === 0x64 && b === 0xff9b && c === 0 && d === 0 && e === 0 && f === 0) return oracle4.check(dotted(g, h), 'ipv4')
  if (a === 0x2002) return oracle4.check(dotted(b, c), 'ipv4')
  // Node's list reads mapped addresses as IPv4; they are refused whatever they carry.
  if (a >> 8 === 0) return true
  return oracle6.check(groups.map((group) => group.toString(16)).join(':'), 'ipv6')
}

const group = fc.integer({ min: 0, max: 0xffff })
/** Uniform groups alone would hardly ever meet a short prefix. */
const firstGroup = fc.oneof(
  group,
  fc.constantFrom(
    0,
    0x64,
    0x100,
    0x2001,
    0x2002,
    0x3fff,
    0x5f00,
    0x64ff,
    0xfc00,
    0xfdff,
    0xfe7f,
    0xfe80,
    0xfec0,
    0xff02,
    0x2606,
  ),
)
const secondGroup = fc.oneof(
  group,
  fc.constantFrom(0, 1, 0x1ff, 0x200, 0xdb8, 0xfff, 0x1000, 0xff9b, 0x0a00, 0x7f00, 0xc0a8),
)
const smallGroup = fc.oneof(fc.constant(0), fc.constant(1), fc.constant(0xffff), group)
const v6Groups = fc.tuple(firstGroup, secondGroup, smallGroup, smallGroup, smallGroup, smallGroup, group, group)
const v4Octets = fc.tuple(
  fc.oneof(fc.integer({ min: 0, max: 255 }), fc.constantFrom(0, 10, 100, 127, 168, 169, 172, 192, 198, 203, 224, 255)),
  fc.oneof(fc.integer({ min: 0, max: 255 }), fc.constantFrom(0, 16, 18, 51, 63, 64, 88, 127, 128, 168, 254)),
  fc.oneof(fc.integer({ min: 0, max: 255 }), fc.constantFrom(0, 2, 99, 100, 113, 129)),
  fc.integer({ min: 0, max: 255 }),
)

describe('over the whole address space', () => {
  test('an IPv4 address is refused exactly when the oracle refuses it', () => {
    fc.assert(
      fc.property(v4Octets, (octets) => {
        const text = octets.join('.')
        expect(refuses(createEgressGuard(), `https://${text}/`)).toBe(oracle4.check(text, 'ipv4'))
      }),
      { numRuns: 5000 },
    )
  })

  test('both edges of every network, and their neighbours, are judged like the oracle', () => {
    const numbers = [
      '0',
      '10',
      '11',
      '100.64',
      '100.128',
      '127',
      '128',
      '169.254',
      '169.255',
      '172.16',
      '172.32',
      '192.0.0',
    ]
    for (const start of [
      ...numbers,
      '192.0.1',
      '192.0.2',
      '192.0.3',
      '192.88.99',
      '192.168',
      '192.169',
      '198.18',
      '198.20',
      '224',
      '240',
    ]) {
      const octets = [...start.split('.'), '0', '0', '0'].slice(0, 4).map(Number)
      const value = octets.reduce((sum, octet) => sum * 256 + octet, 0)
      for (const near of [value - 1, value, value + 1].filter((number) => number >= 0)) {
        const text = [24, 16, 8, 0].map((shift) => Math.floor(near / 2 ** shift) % 256).join('.')
        expect([text, refuses(createEgressGuard(), `https://${text}/`)]).toEqual([text, oracle4.check(text, 'ipv4')])
      }
    }
  })

  test('an IPv6 address is refused exactly when the oracle refuses it', () => {
    fc.assert(
      fc.property(v6Groups, (groups) => {
        const text = groups.map((part) => part.toString(16)).join(':')
        expect(refuses(createEgressGuard(), `https://[${text}]/`)).toBe(oracleBlocks(groups))
      }),
      { numRuns: 5000 },
    )
  })

  test('every way to write one IPv4 address is judged alike', () => {
    fc.assert(
      fc.property(v4Octets, ([a, b, c, d]) => {
        const plain = refuses(createEgressGuard(), `https://${a}.${b}.${c}.${d}/`)
        const number = ((a * 256 + b) * 256 + c) * 256 + d
        const octal = [a, b, c, d].map((octet) => `0${octet.toString(8)}`).join('.')
        const hex = [a, b, c, d].map((octet) => `0x${octet.toString(16)}`).join('.')
        for (const form of [
          number,
          `0x${number.toString(16)}`,
          octal,
          hex,
          `${a}.${(b * 256 + c) * 256 + d}`,
          `${a}.${b}.${c}.${d}.`,
        ]) {
          expect([form, refuses(createEgressGuard(), `https://${form}/`)]).toEqual([form, plain])
        }
        const carried = `${(a * 256 + b).toString(16)}:${(c * 256 + d).toString(16)}`
        expect(refuses(createEgressGuard(), `https://[64:ff9b::${carried}]/`)).toBe(plain)
        expect(refuses(createEgressGuard(), `https://[2002:${carried}::1]/`)).toBe(plain)
        expect(refuses(createEgressGuard(), `https://[::ffff:${carried}]/`)).toBe(true)
        expect(refuses(createEgressGuard(), `https://[::${carried}]/`)).toBe(true)
      }),
    )
  })

  test('a text that is read back is the same address', () => {
    fc.assert(
      fc.property(v6Groups, (groups) => {
        const full = groups.map((part) => part.toString(16)).join(':')
        const short = new URL(`http://[${full}]/`).hostname
        expect(parseIp(short)).toEqual(parseIp(full))
        const value = groups.reduce((sum, part) => (sum << 16n) | BigInt(part), 0n)
        expect(parseIp(full)).toEqual({ family: 6, value })
      }),
    )
  })

  test('a network holds exactly the addresses that share its first bits', () => {
    fc.assert(
      fc.property(v4Octets, v4Octets, fc.integer({ min: 0, max: 32 }), (net, ip, prefix) => {
        const bits = (octets: readonly number[]) => octets.map((octet) => octet.toString(2).padStart(8, '0')).join('')
        const network = parseNetwork(`${net.join('.')}/${prefix}`)
        const address = parseIp(ip.join('.'))
        if (network === null || address === null) throw new Error('unreadable')
        expect(contains(network, address)).toBe(bits(net).slice(0, prefix) === bits(ip).slice(0, prefix))
      }),
    )
  })
})

test.each([
  'http://example.com/',
  'ftp://example.com/',
  'file:///etc/passwd',
  'gopher://127.0.0.1/',
  'data:text/plain,x',
  'javascript:alert(1)',
  'ws://example.com/',
  '//example.com',
  'example.com',
  '',
  'https://',
  'https://user@example.com/',
  'https://user:pw@example.com/',
  'https://example.com@127.0.0.1/',
  'https://127.0.0.1#@example.com/',
  'https://localhost/',
  'https://LOCALHOST/',
  'https://localhost./',
  'https://a.localhost/',
  'https://127.1/',
  'https://0/',
  'https://0.0.0.0/',
  'https://2130706433/',
  'https://0x7f000001/',
  'https://017700000001/',
  'https://0x7f.0.0.1/',
  'https://0177.0.0.1/',
  'https://127.0.0.1./',
  'https://127.000.000.001/',
  'https://①②⑦.0.0.1/',
  'https://127。0。0。1/',
  'https://%31%32%37.0.0.1/',
  'https://[::1]/',
  'https://[::]/',
  'https://[0:0:0:0:0:0:0:1]/',
  'https://[::ffff:127.0.0.1]/',
  'https://[::ffff:7f00:1]/',
  'https://[::127.0.0.1]/',
  'https://[64:ff9b::169.254.169.254]/',
  'https://[64:ff9b:1::1]/',
  'https://[2002:7f00:1::]/',
  'https://[2002:a9fe:a9fe::]/',
  'https://[fd00:ec2::254]/',
  'https://[fe80::1]/',
  'https://[fe80::1%25eth0]/',
  'https://169.254.169.254/latest/meta-data/',
  'https://168.63.129.16/',
  'https://100.100.100.200/',
  'https://192.0.0.192/',
  'https://255.255.255.255/',
  'https://[ff02::1]/',
  'https://[2001::1]/',
  'https://\t127.0.0.1/',
  'https:\\\\127.0.0.1\\',
  ' https://127.0.0.1 ',
  'https://127.0.0.1\\@example.com/',
  'https://127.0.0.1:443/',
  'https:127.0.0.1',
])('refuses %j without asking DNS', (url) => {
  const guard = createEgressGuard({ lookup: () => Promise.reject(new Error('DNS was asked')) })
  expect(refuses(guard, url)).toBe(true)
})

test.each([
  'https://example.com/',
  'https://example.com:8443/a?b=c',
  `https://${PUBLIC}/`,
  'https://[2606:4700::1111]/',
  'https://xn--bcher-kva.example/',
])('lets %j pass', (url) => {
  expect(refuses(createEgressGuard(), url)).toBe(false)
})

describe('names', () => {
  test('one blocked answer among good ones refuses the name', async () => {
    await expect(answering(PUBLIC).resolve('receiver.test')).resolves.toHaveLength(1)
    for (const bad of ['10.0.0.1', '::1', 'fe80::1%eth0', '::ffff:10.0.0.1', '64:ff9b::a00:1']) {
      expect(await refusalOf(answering(PUBLIC, bad).resolve('receiver.test'))).toBe('egress-blocked')
    }
  })

  test('an answer that is no address is refused', async () => {
    expect(await refusalOf(answering('receiver.test').resolve('receiver.test'))).toBe('egress-blocked')
  })

  test('a literal is never looked up', async () => {
    const guard = createEgressGuard({ lookup: () => Promise.reject(new Error('DNS was asked')) })
    await expect(guard.resolve(`${PUBLIC}.`)).resolves.toEqual([{ address: PUBLIC, family: 4 }])
    await expect(guard.resolve('[2606:4700::1111]')).resolves.toEqual([{ address: '2606:4700::1111', family: 6 }])
    expect(await refusalOf(guard.resolve('[::1]'))).toBe('egress-blocked')
  })
})

describe('what an operator allows', () => {
  test('http, when asked for', () => {
    expect(refuses(createEgressGuard({ allowHttp: true }), 'http://example.com/')).toBe(false)
    expect(refuses(createEgressGuard({ allowHttp: true }), 'http://127.0.0.1/')).toBe(true)
  })

  test('a network, an address, a name and all names below one', async () => {
    const guard = createEgressGuard({
      allow: ['10.1.0.0/16', '::1', '[fd00::1]', 'hooks.internal', '*.svc.cluster.local', ' LOCALHOST '],
      lookup: async () => [{ address: '10.9.9.9', family: 4 }],
    })
    for (const host of ['10.1.2.3', '[::1]', '[fd00::1]', 'localhost', '[64:ff9b::a01:203]']) {
      expect([host, refuses(guard, `https://${host}/`)]).toEqual([host, false])
    }
    for (const host of ['10.2.0.1', '[fd00::2]', '127.0.0.1', '[::ffff:10.1.2.3]']) {
      expect([host, refuses(guard, `https://${host}/`)]).toEqual([host, true])
    }
    for (const name of ['hooks.internal', 'HOOKS.internal.', 'a.svc.cluster.local', 'b.a.svc.cluster.local']) {
      expect([name, await refusalOf(guard.resolve(name))]).toEqual([name, 'let through'])
    }
    for (const name of ['svc.cluster.local', 'evilhooks.internal', 'hooks.internal.evil.test', 'x-svc.cluster.local']) {
      expect([name, await refusalOf(guard.resolve(name))]).toEqual([name, 'egress-blocked'])
    }
  })

  test('loopback, and with it the name localhost', () => {
    const guard = createEgressGuard({ allow: ['127.0.0.0/8'] })
    expect(refuses(guard, 'https://localhost/')).toBe(false)
    expect(refuses(guard, 'https://[::1]/')).toBe(true)
  })

  test.each([
    '',
    '10.0.0.0/33',
    '10.0.0.0/8/8',
    '10.0.0.0/',
    'https://host',
    'host:80',
    'a b',
    '10.1',
    '*',
    '*.',
    '-a',
  ])('an entry like %j is a mistake, said at once', (entry) => {
    expect(() => createEgressGuard({ allow: [entry] })).toThrow(/neither a network/)
  })
})

describe('connected to', () => {
  test('the one answer that was judged: a name that changes its answers is asked once', async () => {
    const server = await startSink()
    open.push(server)
    let asked = 0
    const guard = createEgressGuard({
      allowHttp: true,
      allow: ['127.0.0.1'],
      lookup: async () => {
        asked += 1
        return [{ address: asked === 1 ? '127.0.0.1' : '10.0.0.1', family: 4 }]
      },
    })
    const transport = createTransport({ guard })
    open.unshift(transport)
    const answer = await transport.send({ method: 'GET', url: `http://rebind.test:${server.port}/` })
    expect(answer.status).toBe(200)
    expect(asked).toBe(1)
    expect(server.received[0]?.headers.host).toBe(`rebind.test:${server.port}`)
  })

  test('never an answer that is blocked, nor a blocked literal', async () => {
    const server = await startSink()
    open.push(server)
    const guard = createEgressGuard({ allowHttp: true, lookup: async () => [{ address: '127.0.0.1', family: 4 }] })
    const transport = createTransport({ guard })
    open.unshift(transport)
    for (const host of ['inner.test', '127.0.0.1', 'localhost', '0', '[::ffff:127.0.0.1]']) {
      expect(await refusalOf(transport.send({ method: 'GET', url: `http://${host}:${server.port}/` }))).toBe(
        'egress-blocked',
      )
      expect(await refusalOf(transport.fetch(`http://${host}:${server.port}/`))).toBe('egress-blocked')
    }
    expect(server.connections()).toBe(0)
  })
})

test('says why an address is refused', () => {
  const loopback = parseIp('64:ff9b::127.0.0.1')
  expect(loopback && whyBlocked(loopback)).toBe('NAT64 to loopback')
})
