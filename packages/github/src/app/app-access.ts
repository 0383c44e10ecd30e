import { VcsError } from '@pullwright/core'
import type { Authorization } from '../authorization.ts'
import { type AppClientParts, createAppClient } from './app-client.ts'
import {
  type AppIdentity,
  appIdentity,
  type GitHubAppAuth,
  installationNumber,
  installationOf,
} from './app-identity.ts'
import { installationTokens } from './installation-tokens.ts'
import { installationLookup } from './installations.ts'

/** One App on one host: its installations and their tokens, shared by the operator's adapter and its tenants'. */
export interface AppAccess {
  /** For the installation given in code, else for the one on the repository in question. */
  authorization: Authorization
  /** For the installation that a tenant's credential names, and no other. */
  tenant(credential: string): Authorization
  secrets(): string[]
}

export function appAccess(auth: GitHubAppAuth, parts: Omit<AppClientParts, 'identity'>): AppAccess {
  const fixed = auth.installationId === undefined ? null : installationNumber(auth.installationId)
  const known = 'app' in auth ? null : appIdentity(auth)
  const seen = new Set<string>()
  const identity = async () => {
    const found = known ?? appIdentity('app' in auth ? await auth.app() : auth)
    for (const key of found.keys) seen.add(key)
    return found
  }
  const rest = createAppClient({ ...parts, identity })
  const lookup = installationLookup(rest, parts.now)
  const tokens = installationTokens(rest, parts.now)

  return {
    authorization: authorizationFor(async () => fixed),
    tenant: (credential) => authorizationFor(async (app) => named(credential, app)),
    secrets: () =>
      ['app' in auth ? [] : (auth.privateKey ?? []), ...seen, ...(known?.keys ?? []), tokens.current()].flat(),
  }

  function authorizationFor(installationId: (app: AppIdentity) => Promise<number | null>): Authorization {
    const find = async (repository: string, signal?: AbortSignal) => {
      const app = await identity()
      const installation = await lookup.find(app.appId, repository, await installationId(app), signal)
      return { app: app.appId, installation }
    }
    return {
      async header(repository, use, signal) {
        const found = await find(repository, signal)
        return `Bearer ${await tokens.get({ ...found, repository, use }, signal)}`
      },
      renew(header) {
        tokens.drop(header.slice('Bearer '.length))
        lookup.forget()
        return true
      },
      granted: async (repository, signal) => (await find(repository, signal)).installation.permissions,
      hide: (text) => tokens.current().reduce((hidden, token) => hidden.replaceAll(token, '[token]'), text),
    }
  }
}

function named(credential: string, app: AppIdentity): number {
  const id = installationOf(credential, app)
  if (id !== null) return id
  throw new VcsError(
    'auth',
    'This installation credential was not made for this GitHub App, or with a key that is no longer given. Take a new ' +
      'one from githubApp() or installationCredential(): an installation id alone proves nothing.',
  )
}
