import { createPrivateKey, type KeyObject } from 'node:crypto'
import { PullwrightError } from '@pullwright/core'

/**
 * A GitHub App's key as PKCS#8 PEM. Takes what GitHub offers for download (PKCS#1) and PKCS#8, with real line breaks or
 * with `\n` written out as environment variables often have them, in quotes, or as the base64 of the whole. Throws
 * `invalid-argument` for anything else; no part of the text is in the message.
 */
export function readPrivateKey(text: unknown): string {
  const key = parse(typeof text === 'string' ? tidy(text) : '')
  if (key?.asymmetricKeyType === 'rsa') return key.export({ type: 'pkcs8', format: 'pem' }).toString()
  throw new PullwrightError(
    'invalid-argument',
    'auth.privateKey must be the private key of the GitHub App: the whole .pem file that its settings page let you ' +
      'download, from -----BEGIN to -----END, unencrypted RSA. In an environment variable write its line breaks as \\n.',
  )
}

function parse(pem: string): KeyObject | null {
  try {
    return createPrivateKey(pem)
  } catch {
    return null
  }
}

function tidy(text: string): string {
  const bare = text.trim().replace(/^(["'])(.*)\1$/s, '$2')
  const pem = bare.includes('-----BEGIN') ? bare : Buffer.from(bare, 'base64').toString('utf8')
  return pem.replaceAll('\\r', '').replaceAll('\\n', '\n').replace(/\r\n?/g, '\n').trim()
}
