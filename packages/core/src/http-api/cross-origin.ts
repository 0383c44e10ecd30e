const SAFE = new Set(['GET', 'HEAD', 'OPTIONS'])
/** What browsers send again by themselves: https://developer.mozilla.org/en-US/docs/Web/HTTP/Guides/Authentication */
const BY_ITSELF = /^(basic|digest|negotiate|ntlm)\b/i

/**
 * Whether a browser may have been made to send this by another site: a request that changes something, with a credential
 * that browsers add by themselves (cookies, Basic and the like), must come from our own origin or an allowed one. Behind a proxy only
 * the host is compared, because the scheme ends there.
 */
export function isForged(request: Request, allowedOrigins: readonly string[]): boolean {
  const { headers } = request
  const ambient = headers.has('cookie') || BY_ITSELF.test(headers.get('authorization') ?? '')
  if (SAFE.has(request.method) || !ambient) return false
  const origin = headers.get('origin')
  if (origin !== null && allowedOrigins.includes(origin)) return false
  const site = headers.get('sec-fetch-site')
  if (site !== null) return site !== 'same-origin'
  return origin === null || !URL.canParse(origin) || new URL(origin).host !== hostOf(request)
}

function hostOf(request: Request): string {
  return request.headers.get('host') ?? new URL(request.url).host
}
