import { isVcsError } from '@pullwright/core'
import { tipOf } from '../read-files.ts'
import { repositoryName } from '../repository-name.ts'
import { contextOf, type Session } from './session.ts'

/**
 * Removes a branch that this call has made, while nobody else has touched it. Answers a sentence where it had to stay,
 * else an empty text.
 */
export async function removeBranch(session: Session, branch: string, commit: string): Promise<string> {
  const context = contextOf(session, 'remove the branch again', 'repository:write')
  const parameters = { ...repositoryName(session.repository), name: branch }
  const left = ` Left behind: branch ${branch}.`
  try {
    if ((await tipOf(session.client, 'branches', branch, context)) !== commit) return left
    await session.client.call(
      'DELETE /repositories/{workspace}/{repo_slug}/refs/branches/{name}',
      { parameters },
      context,
    )
    return ''
  } catch (error) {
    session.options.signal?.throwIfAborted()
    if (!isVcsError(error)) throw error
    return left
  }
}
