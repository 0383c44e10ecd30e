import { isVcsError, VcsError } from '@pullwright/core'
import type { CallContext, GitHubClient } from '../client.ts'
import { repositoryName } from '../repository-name.ts'
import type { Permissions } from './scope.ts'
import { sharedWork } from './shared-work.ts'

export interface Installation {
  id: number
  /** Login of the user or organisation it stands on. */
  account: string
  permissions: Permissions
  suspended: boolean
  /** Where its owner changes it. */
  url: string
}

export interface InstallationLookup {
  /** The installation that is named, else the one on the repository. Throws where there is none or it is suspended. */
  find(app: string, repository: string, id: number | null, signal?: AbortSignal): Promise<Installation>
  /** Something about them turned out to have changed. */
  forget(): void
}

/** Repositories move and permissions are granted while we run: asked again after ten minutes. */
const KNOWN_MS = 600_000
const MOST_KNOWN = 1_000

export function installationLookup(rest: GitHubClient['rest'], now: () => number): InstallationLookup {
  const known = new Map<string, { until: number; found: Installation }>()
  const shared = sharedWork<Installation>()
  return {
    async find(app, repository, id, signal) {
      const key = `${app} ${id ?? repository.toLowerCase()}`
      const kept = known.get(key)
      if (kept !== undefined && kept.until > now()) return kept.found
      return shared(key, () => ask(key, app, repository, id), signal)
    },
    forget: () => known.clear(),
  }

  async function ask(key: string, app: string, repository: string, id: number | null): Promise<Installation> {
    const found = await lookUp(rest, app, repository, id)
    if (found.suspended) throw suspended(found)
    if (known.size >= MOST_KNOWN) known.clear()
    known.set(key, { until: now() + KNOWN_MS, found })
    return found
  }
}

async function lookUp(
  rest: GitHubClient['rest'],
  app: string,
  repository: string,
  id: number | null,
): Promise<Installation> {
  const context: CallContext = { repository, doing: "find the App's installation", needs: ['metadata=read'] }
  const { owner, name: repo } = repositoryName(repository)
  try {
    const { data } = await rest<{ status: number; data: unknown }>(
      (request, common) =>
        id === null
          ? request('GET /repos/{owner}/{repo}/installation', { owner, repo, ...common })
          : request('GET /app/installations/{installation_id}', { installation_id: id, ...common }),
      context,
    )
    return toInstallation(data)
  } catch (error) {
    throw isVcsError(error) && error.code === 'not-found' ? notInstalled(app, repository, id, error) : error
  }
}

/** `installation` of GitHub's REST API, as far as it is read. */
export function toInstallation(data: unknown): Installation {
  const body = data as {
    id: number
    account: { login?: string; slug?: string } | null
    permissions: Permissions
    suspended_at?: string | null
    html_url: string
  }
  return {
    id: body.id,
    account: body.account?.login ?? body.account?.slug ?? '',
    permissions: body.permissions,
    suspended: typeof body.suspended_at === 'string',
    url: body.html_url,
  }
}

export function suspended({ id, account, url }: Pick<Installation, 'id' | 'account' | 'url'>): VcsError {
  const message =
    `Installation ${id} of the GitHub App on ${account} is suspended: nothing is done there until an owner of ` +
    `${account} unsuspends it at ${url}, "Danger zone".`
  return new VcsError('permission', message, { status: 403 })
}

function notInstalled(app: string, repository: string, id: number | null, cause: VcsError): VcsError {
  const message =
    id === null
      ? `The GitHub App ${app} is not installed on ${repository}: it was never installed there, was removed, or was not ` +
        'given this repository. Install it, or add the repository in the settings of its installation.'
      : `The GitHub App ${app} has no installation ${id}: it was removed, or belongs to another App. Install the App ` +
        'again and connect the new installation.'
  return new VcsError('not-found', message, { cause, status: 404 })
}
