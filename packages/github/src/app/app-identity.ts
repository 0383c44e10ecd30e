import { createHash, createHmac, timingSafeEqual } from 'node:crypto'
import { PullwrightError } from '@pullwright/core'
import { readPrivateKey } from './private-key.ts'

export interface GitHubAppCredentials {
  /** The number on the App's settings page, or its client id. */
  appId: number | string | undefined
  /** PEM. Of several the first signs; the older ones still vouch for tenants' credentials made with them. */
  privateKey: string | readonly string[] | undefined
}

/** A GitHub App, by its credentials or by where they are kept; `githubApp()` has them in the store. */
export type GitHubAppAuth = (GitHubAppCredentials | { app: () => Promise<GitHubAppCredentials> }) & {
  /** Default: the installation on the repository in question, found by asking. */
  installationId?: number | string | undefined
}

/** Credentials that were looked at. */
export interface AppIdentity {
  appId: string
  /** PKCS#8 PEM, the newest first. */
  keys: readonly [string, ...string[]]
}

/** Throws `invalid-argument` that says which part is wrong. */
export function appIdentity({ appId, privateKey }: GitHubAppCredentials): AppIdentity {
  const id = String(appId ?? '').trim()
  if (!/^[\w.-]+$/.test(id)) {
    throw new PullwrightError(
      'invalid-argument',
      'auth.appId must be the id of the GitHub App, a number on its settings page. Is the environment variable set?',
    )
  }
  const [first, ...older] = Array.isArray(privateKey) ? privateKey : [privateKey]
  return { appId: id, keys: [readPrivateKey(first), ...older.map(readPrivateKey)] }
}

/** Checked early: an id that is no number would only fail with the first call. */
export function installationNumber(id: number | string): number {
  const number = Number(id)
  if (Number.isSafeInteger(number) && number > 0) return number
  throw new PullwrightError('invalid-argument', 'An installation is told by its number, such as 51234567.')
}

const PREFIX = 'installation:'

/**
 * What a tenant's integration has for its credential where your App is installed on their repositories:
 * `installation:<id>:<signature>`. Signed, because installation ids are no secret and nobody may name somebody else's:
 * give it only to whom you know to own that installation. `githubApp()` finds that out by asking GitHub.
 */
export function installationCredential(app: GitHubAppCredentials, installationId: number | string): string {
  const { appId, keys } = appIdentity(app)
  const id = installationNumber(installationId)
  return `${PREFIX}${id}:${signature(appId, id, keys[0])}`
}

export function isInstallationCredential(credential: string): boolean {
  return credential.trim().startsWith(PREFIX)
}

/** The installation, or null where none of the App's keys signed this. */
export function installationOf(credential: string, { appId, keys }: AppIdentity): number | null {
  const [, id = '', signed = ''] = /^installation:(\d+):([\w-]+)$/.exec(credential.trim()) ?? []
  const given = Buffer.from(signed)
  const genuine = keys.some((key) => {
    const wanted = Buffer.from(signature(appId, Number(id), key))
    return wanted.length === given.length && timingSafeEqual(wanted, given)
  })
  return genuine ? Number(id) : null
}

function signature(appId: string, installation: number, key: string): string {
  const secret = createHash('sha256').update(`pullwright installation credential\n${key}`).digest()
  return createHmac('sha256', secret).update(`${appId}:${installation}`).digest('base64url')
}
