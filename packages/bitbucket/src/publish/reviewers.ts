import { isVcsError, type PublishStep, type PullRequestSpec } from '@pullwright/core'
import { stepOf } from '@pullwright/core/vcs'
import type { AccountBody, PullRequestBody } from '../bodies.ts'
import { PULL_REQUEST } from '../pull-requests.ts'
import { repositoryName } from '../repository-name.ts'
import { contextOf, type Session } from './session.ts'

export interface Wanted {
  /** To be asked beside those who are. */
  people: { uuid: string; name: string }[]
  problems: string[]
}

/** Who shall review a new pull request: those named, and the repository's default reviewers where they are wished for. */
export async function newReviewers(session: Session, spec: PullRequestSpec): Promise<Wanted> {
  const { people, problems } = await session.people.find(spec.reviewers, contextOf(session, 'ask for reviews'))
  const defaults = session.wishes.defaultReviewers ? await defaultReviewers(session) : { people: [], problems: [] }
  const us = defaults.people.length === 0 ? null : await session.viewer.find(contextOf(session, 'find out who we are'))
  const all = new Map([...defaults.people, ...people].map((one) => [one.uuid, one]))
  const named = new Set(people.map(({ uuid }) => uuid))
  // Being a default reviewer of what oneself opens is no mistake; being named is, and Bitbucket says so.
  const wanted = [...all.values()].filter(({ uuid }) => named.has(uuid) || uuid !== us)
  return { people: wanted, problems: [...problems, ...defaults.problems] }
}

export async function furtherReviewers(
  session: Session,
  spec: PullRequestSpec,
  there: PullRequestBody,
): Promise<Wanted> {
  const { people, problems } = await session.people.find(spec.reviewers, contextOf(session, 'ask for reviews'))
  const asked = new Set((there.reviewers ?? []).map(({ uuid }) => uuid))
  return { people: people.filter(({ uuid }) => !asked.has(uuid)), problems }
}

export interface Written {
  body: PullRequestBody
  step: PublishStep | null
}

/**
 * Writes a pull request with `there` and the wanted reviewers. One who may not review spoils the whole request, which is
 * then sent without any of them; after that each is asked alone.
 */
export async function writeWithReviewers(
  session: Session,
  { there, wanted }: { there: readonly string[]; wanted: Wanted },
  write: (reviewers: object[]) => Promise<PullRequestBody>,
): Promise<Written> {
  const listOf = (uuids: readonly string[]) => uuids.map((uuid) => ({ uuid }))
  const names = wanted.people.map(({ uuid }) => uuid)
  const done = names.length === 0 ? 'already' : 'applied'
  try {
    const body = await write(listOf([...there, ...names]))
    return { body, step: stepOf(done, wanted.problems) }
  } catch (error) {
    if (!isVcsError(error) || error.code !== 'invalid' || names.length === 0 || !/review/i.test(error.message))
      throw error
    const body = await write(listOf(there))
    if (wanted.people.length === 1) {
      return { body, step: stepOf(done, [...wanted.problems, `${wanted.people[0]?.name}: ${error.message}`]) }
    }
    return askOneByOne(session, body, { there, wanted })
  }
}

async function askOneByOne(
  session: Session,
  first: PullRequestBody,
  { there, wanted }: { there: readonly string[]; wanted: Wanted },
): Promise<Written> {
  let body = first
  const asked = [...there]
  const problems = [...wanted.problems]
  for (const { uuid, name } of wanted.people) {
    try {
      body = await putPullRequest(session, body, { reviewers: [...asked, uuid].map((one) => ({ uuid: one })) })
      asked.push(uuid)
    } catch (error) {
      session.options.signal?.throwIfAborted()
      if (!isVcsError(error)) throw error
      problems.push(`${name}: ${error.message}`)
    }
  }
  return { body, step: stepOf('applied', problems) }
}

/** `PUT` clears what it does not name, so everything goes along. */
export async function putPullRequest(
  session: Pick<Session, 'client' | 'repository' | 'options'>,
  there: PullRequestBody,
  changes: { title?: string; description?: string; reviewers?: object[] },
): Promise<PullRequestBody> {
  const parameters = { ...repositoryName(session.repository), pull_request_id: there.id }
  const json = {
    title: there.title,
    description: there.description ?? there.summary?.raw ?? '',
    draft: there.draft ?? false,
    close_source_branch: there.close_source_branch ?? false,
    reviewers: (there.reviewers ?? []).flatMap(({ uuid }) => (uuid === undefined ? [] : { uuid })),
    ...changes,
  }
  const context = contextOf(session, `update pull request #${there.id}`, 'pullrequest:write')
  return (await session.client.call<PullRequestBody>(`PUT ${PULL_REQUEST}`, { parameters, json }, context)).data
}

/** One request. What goes wrong is told, for a pull request does not fail by it. */
async function defaultReviewers(session: Session): Promise<Wanted> {
  const route = 'GET /repositories/{workspace}/{repo_slug}/effective-default-reviewers'
  const context = contextOf(session, 'read the default reviewers', 'pullrequest')
  try {
    const parameters = { ...repositoryName(session.repository), pagelen: 100 }
    const all = await session.client.all<{ user?: AccountBody }>(route, parameters, context)
    const people = all.flatMap(({ user }) =>
      user?.uuid === undefined ? [] : { uuid: user.uuid, name: user.nickname ?? user.uuid },
    )
    return { people, problems: [] }
  } catch (error) {
    session.options.signal?.throwIfAborted()
    if (!isVcsError(error)) throw error
    return { people: [], problems: [`default reviewers: ${error.message}`] }
  }
}
