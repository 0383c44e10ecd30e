import { generateKeyPairSync, sign } from 'node:crypto'

export interface SelfSigned {
  /** PEM, both. */
  cert: string
  key: string
}

const OIDS = {
  commonName: '0603550403',
  subjectAltName: '0603551d11',
  /** ecdsa-with-SHA256: RFC 5758, 3.2. */
  signature: '06082a8648ce3d040302',
}

/** A certificate (RFC 5280) for one IPv4 address, good from yesterday until tomorrow. */
export function selfSigned(address: string): SelfSigned {
  const { publicKey, privateKey } = generateKeyPairSync('ec', { namedCurve: 'P-256' })
  const algorithm = sequence(hex(OIDS.signature))
  const name = sequence(der(0x31, sequence(hex(OIDS.commonName), der(0x0c, Buffer.from('mail.example')))))
  const addresses = sequence(der(0x87, Buffer.from(address.split('.').map(Number))))
  const extension = sequence(hex(OIDS.subjectAltName), der(0x04, addresses))
  const facts = sequence(
    der(0xa0, der(0x02, Buffer.from([2]))),
    der(0x02, Buffer.from([1])),
    algorithm,
    name,
    sequence(timeIn(-1), timeIn(1)),
    name,
    publicKey.export({ type: 'spki', format: 'der' }),
    der(0xa3, sequence(extension)),
  )
  const signature = der(0x03, Buffer.concat([Buffer.from([0]), sign('sha256', facts, privateKey)]))
  return {
    cert: pem(sequence(facts, algorithm, signature)),
    key: privateKey.export({ type: 'pkcs8', format: 'pem' }).toString(),
  }
}

/** As UTCTime. TLS looks at the real clock. */
function timeIn(days: number): Buffer {
  const at = new Date(Date.now() + days * 86_400_000)
  return der(0x17, Buffer.from(`${at.toISOString().slice(2, 19).replace(/[-:T]/g, '')}Z`))
}

function sequence(...parts: Buffer[]): Buffer {
  return der(0x30, ...parts)
}

function der(tag: number, ...parts: Buffer[]): Buffer {
  const content = Buffer.concat(parts)
  const { length } = content
  const bytes = length < 0x80 ? [length] : length < 0x100 ? [0x81, length] : [0x82, length >> 8, length & 0xff]
  return Buffer.concat([Buffer.from([tag, ...bytes]), content])
}

function hex(text: string): Buffer {
  return Buffer.from(text, 'hex')
}

function pem(bytes: Buffer): string {
  const lines = bytes.toString('base64').replace(/(.{64})(?=.)/g, '$1\n')
  return `-----BEGIN CERTIFICATE-----\n${lines}\n-----END CERTIFICATE-----\n`
}
