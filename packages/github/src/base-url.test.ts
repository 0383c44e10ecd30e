import { expect, test } from 'vitest'
import { apiUrls } from './base-url.ts'

test.each([
  [undefined, 'https://api.github.com', 'https://api.github.com/graphql', true],
  ['https://api.github.com/', 'https://api.github.com', 'https://api.github.com/graphql', true],
  ['https://github.com', 'https://api.github.com', 'https://api.github.com/graphql', true],
  ['https://api.acme.ghe.com', 'https://api.acme.ghe.com', 'https://api.acme.ghe.com/graphql', true],
  ['https://git.acme.com', 'https://git.acme.com/api/v3', 'https://git.acme.com/api/graphql', false],
  ['https://git.acme.com/', 'https://git.acme.com/api/v3', 'https://git.acme.com/api/graphql', false],
  ['https://git.acme.com/api/v3', 'https://git.acme.com/api/v3', 'https://git.acme.com/api/graphql', false],
  ['https://git.acme.com/api/v3/', 'https://git.acme.com/api/v3', 'https://git.acme.com/api/graphql', false],
  ['https://git.acme.com/api/graphql', 'https://git.acme.com/api/v3', 'https://git.acme.com/api/graphql', false],
  [
    'https://acme.com:8443/git/api/v3',
    'https://acme.com:8443/git/api/v3',
    'https://acme.com:8443/git/api/graphql',
    false,
  ],
])('%s has its APIs at %s and %s', (baseUrl, rest, graphql, hosted) => {
  expect(apiUrls(baseUrl)).toEqual({ rest, graphql, hosted })
})

test.each(['', 'github.com', 'ftp://x', 'https://u:p@x', 'https://x/?a=b', 'https://x/#a'])(
  '%s is refused',
  (baseUrl) => {
    expect(() => apiUrls(baseUrl)).toThrow(expect.objectContaining({ code: 'invalid-argument' }))
  },
)
