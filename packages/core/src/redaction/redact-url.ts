import { canonicalKey } from './canonical-key.ts'
import { SECRET_QUERY_KEYS } from './default-keys.ts'
import type { HideText } from './hide-text.ts'
import type { KeyPolicy } from './key-policy.ts'
import type { Mask } from './mask.ts'
import { isReference, looksRandom } from './plausible.ts'

const PARTS = /^([a-z][\w+.-]*:\/\/)?(?:([^/?#]*)@)?([^?#]*)(\?[^#]*)?(#.*)?$/is

/** An address one may show: without its password, its secret query parameters, and whatever else is a secret by its shape. */
export function redactUrl(url: string, parts: { policy: KeyPolicy; mask: Mask; hide: HideText }): string {
  const { policy, mask, hide } = parts
  const [, scheme = '', user, rest = '', query = '', fragment = ''] = PARTS.exec(url) ?? []
  if (scheme + rest + query + fragment === '' && user === undefined) return hide(url)
  const credentials = user === undefined ? '' : `${hideUser(user)}@`
  const safe = scheme + credentials + rest + hideParameters(query) + hideParameters(fragment)
  return hide(safe)

  function hideUser(text: string): string {
    const colon = text.indexOf(':')
    const name = colon < 0 ? text : text.slice(0, colon)
    const password = colon < 0 ? '' : text.slice(colon + 1)
    const safeName = looksRandom(name, 16) ? cover(name) : name
    return colon < 0 ? safeName : `${safeName}:${cover(password)}`
  }

  function hideParameters(text: string): string {
    if (!text.includes('=')) return text
    return text.replace(/([?&;#]|^)([^=&;?#]*)=([^&;]*)/g, (whole, mark: string, name: string, value: string) => {
      const key = decode(name)
      const isSecret = policy(key) !== null || SECRET_QUERY_KEYS.has(canonicalKey(key))
      return isSecret ? `${mark}${name}=${cover(value)}` : whole
    })
  }

  function cover(secret: string): string {
    return secret === '' || mask.is(secret) || isReference(secret) ? secret : mask.of(secret)
  }
}

function decode(text: string): string {
  try {
    return decodeURIComponent(text)
  } catch {
    return text
  }
}
