import { isVcsError } from '@pullwright/core'
import type { Change } from '../graphql/mutations.ts'
import type { Plan } from './plan.ts'
import { mutate, type Run, ZERO_OID } from './run.ts'

/**
 * Undoes what this call has made and cannot finish: closes the pull request it opened, and removes the branch it
 * created while nobody else has touched it. One request; none where nothing was made. Answers what had to stay.
 */
export async function cleanUp(run: Run, plan: Plan): Promise<string> {
  const { opened, made } = run
  const changes: Change[] = []
  if (opened !== null) {
    changes.push({ alias: 'close', field: 'closePullRequest', input: { pullRequestId: opened.id } })
  }
  if (made !== null) {
    const gone = { name: `refs/heads/${made.branch}`, beforeOid: made.oid, afterOid: ZERO_OID }
    const input = { repositoryId: plan.repositoryId, refUpdates: [gone] }
    changes.push({ alias: 'remove', field: 'updateRefs', input })
  }
  if (changes.length === 0) return ''
  run.opened = null
  run.made = null
  const left = [opened === null ? '' : `pull request #${opened.number}`, made === null ? '' : `branch ${made.branch}`]
  const note = ` Left behind: ${left.filter((one) => one !== '').join(' and ')}.`
  try {
    const { problems } = await mutate(run, 'UndoPublish', changes, 'undo what was begun')
    return problems.length === 0 ? '' : note
  } catch (error) {
    run.options.signal?.throwIfAborted()
    if (!isVcsError(error)) throw error
    return note
  }
}
