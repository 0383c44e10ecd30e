import { PullwrightError } from '@pullwright/core'

const GITLAB_COM = 'https://gitlab.com'

/**
 * The address of the instance, without a slash at the end and with the path it is installed under. The addresses of its
 * APIs fit too.
 */
export function instanceUrl(baseUrl: string = GITLAB_COM): string {
  const url = URL.canParse(baseUrl) ? new URL(baseUrl) : null
  if (url === null || !/^https?:$/.test(url.protocol) || url.search !== '' || url.hash !== '') {
    throw new PullwrightError('invalid-argument', 'baseUrl must be an http(s) URL such as https://gitlab.example.com.')
  }
  if (url.username !== '' || url.password !== '') {
    throw new PullwrightError('invalid-argument', 'baseUrl must not hold a user name or password; use auth.')
  }
  const path = url.pathname.replace(/\/+$/, '').replace(/\/api(?:\/v4|\/graphql)?$/, '')
  return url.origin + path
}
