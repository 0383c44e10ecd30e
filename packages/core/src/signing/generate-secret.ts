import { randomBytes } from 'node:crypto'
import { invalidArgument } from './check-input.ts'

/** A new secret, `whsec_` and base64 of 32 random bytes. It serves every scheme: the others take its text as it stands. */
export function generateSecret(bytes: Uint8Array = randomBytes(32)): string {
  // Standard Webhooks: 24 to 64 bytes.
  if (bytes.length < 24 || bytes.length > 64) throw invalidArgument('A secret has 24 to 64 bytes')
  return `whsec_${Buffer.from(bytes).toString('base64')}`
}
