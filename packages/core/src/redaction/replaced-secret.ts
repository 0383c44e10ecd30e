import type { JsonValue } from '../json.ts'
import type { Mask } from './mask.ts'

/** Secrets of one text that are compared; the others count as unchanged. */
const MOST = 1_000

/**
 * Whether of two texts, each given as it was and as it is shown, a hidden secret made room for another one. Masks without
 * fingerprints look alike, so nobody would see it beside other edits. In doubt `false`.
 */
export function replacedSecret(before: Sides, after: Sides, mask: Mask): boolean {
  if (before.safe === before.raw || after.safe === after.raw || before.safe === after.safe) return false
  const token = mask.of('')
  if (token !== mask.of('x')) return false
  const [old, fresh] = [secretsOf(before, token), secretsOf(after, token)]
  return old.some((secret) => !fresh.includes(secret)) && fresh.some((secret) => !old.includes(secret))
}

export interface Sides {
  raw: JsonValue | undefined
  safe: JsonValue | undefined
}

/** What stands where the masks are: what is between two of them is the same on both sides. */
function secretsOf({ raw, safe }: Sides, token: string): string[] {
  if (typeof raw !== 'string' || typeof safe !== 'string') return []
  const [first = '', ...rest] = safe.split(token, MOST)
  if (!raw.startsWith(first)) return []
  const secrets: string[] = []
  let at = first.length
  for (const [index, between] of rest.entries()) {
    const isLast = index === rest.length - 1
    const end = isLast && safe.endsWith(between) ? raw.length - between.length : raw.indexOf(between, at)
    if (end < at || !raw.startsWith(between, end)) return []
    secrets.push(raw.slice(at, end))
    at = end + between.length
  }
  return secrets
}
