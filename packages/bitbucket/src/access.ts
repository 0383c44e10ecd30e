import { type CallOptions, type VcsAccess, VcsError } from '@pullwright/core'
import type { BitbucketClient, CallContext } from './client.ts'
import type { People } from './people.ts'
import { quoted } from './pull-requests.ts'
import { repositoryName } from './repository-name.ts'
import type { Viewer } from './viewer.ts'

type Permission = Awaited<ReturnType<VcsAccess['permission']>>

const PERMISSIONS: ReadonlySet<string> = new Set(['read', 'write', 'admin'] satisfies Permission[])

/** A nickname or uuid's effective permission; takes an administrator's credential. */
export function createAccess(client: BitbucketClient, people: People, viewer: Viewer): VcsAccess {
  return {
    self: (repository, { signal } = {}) => viewer.name({ repository, doing: 'find out who we are', signal }),
    async permission(repository, user, { signal }: CallOptions = {}) {
      const context: CallContext = {
        repository,
        doing: `read what ${user} may do`,
        needs: ['account', 'repository:admin'],
        signal,
      }
      const found = await people.find([user], context)
      const [person] = found.people
      // Who is no member of the workspace may do nothing; that members cannot be looked up is another thing.
      if (person === undefined) return noMember(found.problems)
      const route = 'GET /workspaces/{workspace}/permissions/repositories/{repo_slug}'
      const parameters = { ...repositoryName(repository), q: `user.uuid = ${quoted(person.uuid)}`, pagelen: 100 }
      const all = await client.all<{ permission?: string }>(route, parameters, context)
      const [permission = 'none'] = all.flatMap((one) => one.permission ?? [])
      return isPermission(permission) ? permission : 'none'
    },
  }
}

function noMember(problems: readonly string[]): 'none' {
  const [problem = ''] = problems
  if (/is no member of the workspace/.test(problem)) return 'none'
  throw new VcsError('invalid', problem)
}

function isPermission(text: string): text is Permission {
  return PERMISSIONS.has(text)
}
