import { isVcsError, VcsError } from '@pullwright/core'
import type { Job, JobFile } from '@pullwright/core/vcs'
import { type FormPart, formData } from '../form-data.ts'
import { repositoryName } from '../repository-name.ts'
import { readFilesAt } from './read-evidence.ts'
import { contextOf, type Session } from './session.ts'

export type Committed =
  | { kind: 'committed'; oid: string }
  /** The parent holds all of it already: no commit, and no branch where there was none. */
  | { kind: 'nothing-to-do' }
  /** The branch stands elsewhere. */
  | { kind: 'raced'; reason: string }

/**
 * `POST src` names the parent: Bitbucket answers 409 where the branch no longer stands there, so nobody's commit is ever
 * lost. One request; more only where a file to be deleted is not there.
 */
export async function commitFiles(
  session: Session,
  job: Job,
  { parent, changes }: { parent: string; changes: readonly JobFile[] },
): Promise<Committed> {
  const context = contextOf(session, 'commit the files', 'repository:write')
  const call = { parameters: { ...repositoryName(session.repository) }, raw: formData(partsOf(job, parent, changes)) }
  try {
    const { status, headers } = await session.client.call(
      'POST /repositories/{workspace}/{repo_slug}/src',
      call,
      context,
    )
    const oid = status === 304 ? parent : commitIn(headers.location, job)
    return oid === parent ? { kind: 'nothing-to-do' } : { kind: 'committed', oid }
  } catch (error) {
    if (!isVcsError(error)) throw error
    if (error.code === 'conflict') return { kind: 'raced', reason: error.message }
    if (error.code !== 'invalid') throw error
    if (/no changes|nothing to commit/i.test(error.message)) return { kind: 'nothing-to-do' }
    const left = await withoutIdleDeletions(session, job, parent, changes)
    if (left.length === changes.length) throw error
    return left.length === 0 ? { kind: 'nothing-to-do' } : commitFiles(session, job, { parent, changes: left })
  }
}

function partsOf({ spec }: Job, parent: string, changes: readonly JobFile[]): FormPart[] {
  return [
    { name: 'message', content: spec.commitMessage.trim() },
    { name: 'branch', content: spec.branch },
    { name: 'parents', content: parent },
    ...changes.map(({ path, content }): FormPart => {
      // With a slash in front no path is taken for a field of the form.
      if (content === null) return { name: 'files', content: `/${path}` }
      return { name: `/${path}`, content, filename: path.split('/').at(-1) ?? path }
    }),
  ]
}

function commitIn(location: string | undefined, { spec }: Job): string {
  const oid = /\/commits?\/([0-9a-f]{40})/.exec(location ?? '')?.[1]
  if (oid !== undefined) return oid
  throw new VcsError('unavailable', `Bitbucket answered no commit for ${spec.branch} in ${spec.repository}. Try again.`)
}

/** Deleting what is not there changes nothing, but is refused. */
async function withoutIdleDeletions(
  session: Session,
  job: Job,
  parent: string,
  changes: readonly JobFile[],
): Promise<JobFile[]> {
  const deletions = changes.filter(({ content }) => content === null)
  if (deletions.length === 0) return [...changes]
  const there = await readFilesAt(session, { ...job, files: [...deletions] }, parent)
  return changes.filter(({ path, content }) => content !== null || there.get(path) !== null)
}
