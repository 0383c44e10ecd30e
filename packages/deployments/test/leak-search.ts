import type { Planted } from './leak-secrets.ts'

/** Where a secret was found. */
export interface Leak {
  kind: string
  place: string
  around: string
}

/** Every form is looked up by its first so many characters. */
const PREFIX = 8

/** Looks for secrets in any text, also JSON- and URL-encoded, hex, and base64 at each of its three offsets. */
export function createSearch(planted: readonly Planted[]): (place: string, text: string) => Leak[] {
  const forms = new Map<string, { form: string; kind: string }[]>()
  for (const { kind, secret } of planted) {
    for (const form of formsOf(secret)) {
      const start = form.slice(0, PREFIX)
      forms.set(start, [...(forms.get(start) ?? []), { form, kind }])
    }
  }
  return (place, text) => {
    const leaks: Leak[] = []
    for (let at = 0; at + PREFIX <= text.length; at++) {
      for (const { form, kind } of forms.get(text.slice(at, at + PREFIX)) ?? []) {
        if (text.startsWith(form, at)) leaks.push({ kind, place, around: text.slice(Math.max(0, at - 60), at + 12) })
      }
    }
    return leaks
  }
}

function formsOf(secret: string): string[] {
  const bytes = Buffer.from(secret)
  const base64 = [0, 1, 2].map((offset) => {
    const encoded = Buffer.concat([Buffer.alloc(offset), bytes]).toString('base64')
    return encoded.slice(offset === 0 ? 0 : offset + 1, Math.floor(((offset + bytes.length) * 4) / 3))
  })
  const all = [
    secret,
    encodeURIComponent(secret),
    JSON.stringify(secret).slice(1, -1),
    bytes.toString('hex'),
    ...base64,
  ]
  // Half of a secret is one too.
  return [...new Set([...all, secret.slice(-Math.max(12, secret.length >> 1))])]
}
