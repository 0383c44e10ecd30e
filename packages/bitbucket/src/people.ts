import { isVcsError, type VcsError } from '@pullwright/core'
import { distinctNames } from '@pullwright/core/vcs'
import type { AccountBody } from './bodies.ts'
import type { BitbucketClient, CallContext } from './client.ts'
import { repositoryName } from './repository-name.ts'

export interface FoundPeople {
  people: { uuid: string; name: string }[]
  /** Why each of the others was left out. */
  problems: string[]
}

/** Turns what a person is called into what Bitbucket wants: a uuid. */
export interface People {
  find(names: readonly string[] | undefined, context: CallContext): Promise<FoundPeople>
}

/** So long a workspace's members are taken as they were read. */
const KEPT_MS = 10 * 60_000

/**
 * `{uuid}` is taken as it is. A nickname, display name or account id is looked up among the workspace's members: one
 * request for each 100 of them, kept for ten minutes.
 */
export function createPeople(client: BitbucketClient, now: () => number): People {
  const kept = new Map<string, { at: number; members: Promise<AccountBody[]> }>()

  const membersOf = (context: CallContext): Promise<AccountBody[]> => {
    const { workspace } = repositoryName(context.repository)
    const before = kept.get(workspace)
    if (before !== undefined && now() - before.at < KEPT_MS) return before.members
    const members = readMembers(client, workspace, context)
    kept.set(workspace, { at: now(), members })
    members.catch(() => kept.delete(workspace))
    return members
  }

  return {
    async find(names, context) {
      const asked = distinctNames(names?.map(withoutAt), (name) => (name === '' ? 'is no user name' : null))
      const problems = [...asked.problems]
      const people: FoundPeople['people'] = []
      let members: AccountBody[] | VcsError | null = null
      for (const name of asked.names) {
        if (/^\{[0-9a-f-]{36}\}$/i.test(name)) {
          people.push({ uuid: name, name })
          continue
        }
        members ??= await attempt(() => membersOf(context), context)
        const found = isVcsError(members) ? [] : members.filter((member) => isCalled(member, name))
        const [uuid] = found.flatMap((member) => member.uuid ?? [])
        if (isVcsError(members)) problems.push(`${name}: ${members.message}`)
        else if (uuid === undefined || found.length > 1) problems.push(`${name} ${reason(found.length)}`)
        else people.push({ uuid, name })
      }
      return { people, problems }
    },
  }
}

function reason(found: number): string {
  return found > 1
    ? 'is the name of several members of the workspace: give the uuid.'
    : 'is no member of the workspace: give a nickname or a uuid as {…}.'
}

async function readMembers(client: BitbucketClient, workspace: string, context: CallContext): Promise<AccountBody[]> {
  const parameters = { workspace, pagelen: 100 }
  const look = { ...context, doing: 'look up the reviewers', needs: ['account'] }
  const all = await client.all<{ user?: AccountBody }>('GET /workspaces/{workspace}/members', parameters, look)
  return all.flatMap(({ user }) => user ?? [])
}

/** A reviewer that cannot be looked up does not stop the pull request. */
async function attempt<T>(work: () => Promise<T>, { signal }: CallContext): Promise<T | VcsError> {
  try {
    return await work()
  } catch (error) {
    signal?.throwIfAborted()
    if (!isVcsError(error)) throw error
    return error
  }
}

function isCalled({ nickname, display_name, account_id }: AccountBody, name: string): boolean {
  const wanted = name.toLowerCase()
  return account_id === name || nickname?.toLowerCase() === wanted || display_name?.toLowerCase() === wanted
}

function withoutAt(text: string): string {
  return text.trim().replace(/^@/, '')
}
