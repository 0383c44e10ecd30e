import { isVcsError, VcsError } from '@pullwright/core'
import githubAppJwt from 'universal-github-app-jwt'
import type { Authorization } from '../authorization.ts'
import { type CallContext, type ClientParts, createClient, type GitHubClient } from '../client.ts'
import type { AppIdentity } from './app-identity.ts'

/** The library sets `iat` 30 s back and `exp` ten minutes after that; GitHub advises 60 s against clocks that drift. */
const EARLIER_SECONDS = 30
/** Signed anew with less than this left: a request takes its time. */
const SPARE_MS = 120_000
/** Less is no reason to doubt our clock: GitHub tells whole seconds, and an answer travels. */
const LEAST_SKEW_MS = 5_000

export interface AppClientParts extends Omit<ClientParts, 'authorization'> {
  identity: () => Promise<AppIdentity>
}

/** GitHub's API as the App itself, by a JSON Web Token signed with its key: for finding installations and their tokens. */
export function createAppClient({ identity, now, ...parts }: AppClientParts): GitHubClient['rest'] {
  let skew = 0
  let known: { appId: string; key: string; token: string; until: number } | null = null
  const authorization: Authorization = {
    async header() {
      const { appId, keys } = await identity()
      const at = now() + skew
      if (known?.appId !== appId || known.key !== keys[0] || at > known.until - SPARE_MS) {
        const seconds = Math.floor(at / 1000) - EARLIER_SECONDS
        const { token, expiration } = await githubAppJwt({ id: appId, privateKey: keys[0], now: seconds })
        known = { appId, key: keys[0], token, until: expiration * 1000 }
      }
      return `Bearer ${known.token}`
    },
    /** Refused for its times, perhaps: by GitHub's clock they can be set right. */
    renew(_header, answer) {
      const date = Date.parse(answer.date ?? '')
      const found = Number.isNaN(date) ? skew : date - now()
      if (Math.abs(found - skew) < LEAST_SKEW_MS) return false
      skew = found
      known = null
      return true
    },
    hide: (text) => (known === null ? text : text.replaceAll(known.token, '[token]')),
  }
  const { rest } = createClient({ ...parts, now, authorization })
  return async (send, context) => {
    try {
      return await rest(send, context)
    } catch (error) {
      throw isVcsError(error) && error.code === 'auth' ? refusedApp(context, error) : error
    }
  }
}

function refusedApp({ doing }: CallContext, cause: VcsError): VcsError {
  const message =
    `Cannot ${doing}: GitHub refused the App's signature. Check that appId and privateKey belong to one App on this ` +
    'host, that the key was not deleted there, and that the clock of this machine is right.'
  return new VcsError('auth', message, { cause, ...(cause.status === undefined ? {} : { status: cause.status }) })
}
