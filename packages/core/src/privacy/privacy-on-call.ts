import { loadedOnCall } from '../lazy.ts'
import type { Privacy, PrivacyParts } from './privacy.ts'

const CALLS = { forget: true, reveal: true, export: true } as const

/** Privacy, loaded with the first call. */
export function privacyOnCall(parts: PrivacyParts): Privacy {
  return loadedOnCall<Privacy>(CALLS, async () => (await import('./privacy.ts')).createPrivacy(parts))
}
