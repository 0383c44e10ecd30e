import { PullwrightError } from '@pullwright/core'

export interface ApiUrls {
  /** For REST, without a trailing slash. */
  rest: string
  graphql: string
  /** github.com itself or a tenant of GHE.com, and no GitHub Enterprise Server. */
  hosted: boolean
}

const GITHUB_API = 'https://api.github.com'

/**
 * Where the two APIs are. GitHub Enterprise Server has `https://HOST/api/v3` and `https://HOST/api/graphql`; its base
 * URL may also be given as `https://HOST`. Hosts called `api.…` (github.com, GHE.com) have both at their root.
 */
export function apiUrls(baseUrl: string = GITHUB_API): ApiUrls {
  const url = URL.canParse(baseUrl) ? new URL(baseUrl) : null
  if (url === null || !/^https?:$/.test(url.protocol) || url.search !== '' || url.hash !== '') {
    throw new PullwrightError('invalid-argument', 'baseUrl must be an http(s) URL such as https://HOST/api/v3.')
  }
  if (url.username !== '' || url.password !== '') {
    throw new PullwrightError('invalid-argument', 'baseUrl must not hold a user name or password; use auth.token.')
  }
  const path = url.pathname.replace(/\/+$/, '')
  if (url.hostname === 'github.com' || url.hostname === 'www.github.com') return apiUrls(GITHUB_API)
  const hosted = url.hostname === 'api.github.com' || url.hostname.endsWith('.ghe.com')
  const enterprise = /^(.*)\/api(?:\/v3|\/graphql)?$/.exec(path)
  if (enterprise !== null) return enterpriseUrls(url.origin + (enterprise[1] ?? ''), hosted)
  if (path === '' && !url.hostname.startsWith('api.')) return enterpriseUrls(url.origin, hosted)
  return { rest: url.origin + path, graphql: `${url.origin}${path}/graphql`, hosted }
}

function enterpriseUrls(root: string, hosted: boolean): ApiUrls {
  return { rest: `${root}/api/v3`, graphql: `${root}/api/graphql`, hosted }
}
