import { PullwrightError } from '@pullwright/core'

export interface BaseUrls {
  /** Of the REST API, without a trailing slash. */
  api: string
  /** Of the pages people look at. */
  web: string
}

const API = 'https://api.bitbucket.org/2.0'
const WEB = 'https://bitbucket.org'

/** Bitbucket Cloud has one address; another one is a proxy in front of it, or a fake. */
export function baseUrls(baseUrl: string = API): BaseUrls {
  const url = URL.canParse(baseUrl) ? new URL(baseUrl) : null
  if (url === null || !/^https?:$/.test(url.protocol) || url.search !== '' || url.hash !== '') {
    throw new PullwrightError('invalid-argument', `baseUrl must be an http(s) URL such as ${API}.`)
  }
  if (url.username !== '' || url.password !== '') {
    throw new PullwrightError('invalid-argument', 'baseUrl must not hold a user name or password; use auth.')
  }
  if (/(^|\.)bitbucket\.org$/.test(url.hostname)) return { api: API, web: WEB }
  const path = url.pathname.replace(/\/+$/, '')
  return { api: `${url.origin}${path === '' ? '/2.0' : path}`, web: url.origin }
}
