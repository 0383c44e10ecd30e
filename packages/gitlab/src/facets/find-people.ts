import { Users } from '@gitbeaker/rest'
import { VcsError } from '@pullwright/core'
import type { CallContext, GitLabClient } from '../client.ts'

/** The numbers of these users: one request each. */
export async function findPeople(
  client: GitLabClient,
  names: readonly string[],
  context: CallContext,
): Promise<number[]> {
  const ids: number[] = []
  for (const name of new Set(names.map((one) => one.replace(/^@/, '')))) {
    const [user] = await client.rest(context, (to) => new Users(to).all({ username: name, perPage: 20 }))
    if (user === undefined) throw new VcsError('invalid', `There is no GitLab user ${JSON.stringify(name)}.`)
    ids.push(user.id)
  }
  return ids
}
