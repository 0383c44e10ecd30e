import { PullwrightError } from '../errors.ts'
import type { SecretBox } from './secret-box.ts'

/** The box, or `key-required` with advice where `createPullwright` was given no key. */
export function requireSecretBox(box: SecretBox | undefined): SecretBox {
  if (box) return box
  throw new PullwrightError(
    'key-required',
    'A secret is to be stored, and there is no key to seal it with: pass `key` to createPullwright, base64 of 32 bytes (`openssl rand -base64 32`)',
  )
}
