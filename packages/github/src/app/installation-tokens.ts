import { isVcsError, VcsError } from '@pullwright/core'
import type { CallUse } from '../authorization.ts'
import type { GitHubClient } from '../client.ts'
import { repositoryName } from '../repository-name.ts'
import { type Installation, suspended } from './installations.ts'
import { permissionsFor } from './scope.ts'
import { sharedWork } from './shared-work.ts'

export interface TokenRequest {
  app: string
  installation: Installation
  repository: string
  use: CallUse
}

export interface InstallationTokens {
  get(request: TokenRequest, signal?: AbortSignal): Promise<string>
  /** GitHub no longer takes this one. */
  drop(token: string): void
  current(): string[]
}

/** Got anew with less than this left, or with a tenth of its life where that is shorter. */
const SPARE_MS = 300_000

interface Kept {
  token: string
  freshUntil: number
  endsAt: number
}

/**
 * Tokens of installations, each for one repository and for what a call does there. All state is in here, and so belongs
 * to one host: the key names the rest, the App, the installation and the scope.
 */
export function installationTokens(rest: GitHubClient['rest'], now: () => number): InstallationTokens {
  const kept = new Map<string, Kept>()
  const shared = sharedWork<string>()
  return {
    async get({ app, installation, repository, use }, signal) {
      const permissions = permissionsFor(use, installation.permissions)
      const scope = Object.entries(permissions).map(([name, level]) => `${name}=${level}`)
      const key = [app, installation.id, repository.toLowerCase(), ...scope.sort()].join(' ')
      const known = kept.get(key)
      if (known !== undefined && known.freshUntil > now()) return known.token
      const work = async () => {
        const fresh = await exchange(rest, installation, repository, permissions, now)
        for (const [old, { endsAt }] of kept) if (endsAt <= now()) kept.delete(old)
        kept.set(key, fresh)
        return fresh.token
      }
      return shared(key, work, signal)
    },
    drop(token) {
      for (const [key, one] of kept) if (one.token === token) kept.delete(key)
    },
    current: () => [...kept.values()].map(({ token }) => token),
  }
}

async function exchange(
  rest: GitHubClient['rest'],
  installation: Installation,
  repository: string,
  permissions: Record<string, string>,
  now: () => number,
): Promise<Kept> {
  const askedAt = now()
  try {
    const { data, headers } = await rest(
      (request, common) =>
        request('POST /app/installations/{installation_id}/access_tokens', {
          installation_id: installation.id,
          repositories: [repositoryName(repository).name],
          permissions,
          ...common,
        }),
      { repository, doing: "get a token of the App's installation" },
    )
    // How long it lives by GitHub's own clock: ours may differ.
    const answered = Date.parse(headers.date ?? '')
    const life = Math.max(0, Date.parse(data.expires_at) - (Number.isNaN(answered) ? askedAt : answered))
    return { token: data.token, freshUntil: askedAt + life - Math.min(SPARE_MS, life / 10), endsAt: askedAt + life }
  } catch (error) {
    throw isVcsError(error) ? refused(error, installation, repository) : error
  }
}

function refused(error: VcsError, installation: Installation, repository: string): VcsError {
  const options = { cause: error, ...(error.status === undefined ? {} : { status: error.status }) }
  const { id, account, url } = installation
  if (error.status === 403 && /suspended/i.test(error.message)) return suspended(installation)
  if (error.status === 404) {
    const message = `Installation ${id} of the GitHub App on ${account} is gone: it was removed. Install the App again.`
    return new VcsError('not-found', message, options)
  }
  if (error.status !== 422) return error
  const message =
    `Installation ${id} of the GitHub App on ${account} gives no token for ${repository}: it does not reach that ` +
    `repository, or no longer has the permissions it had. Look at ${url}. ${error.message}`
  return new VcsError('permission', message, options)
}
