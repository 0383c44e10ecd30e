import {
  type CallOptions,
  type IssueResult,
  type IssueSpec,
  isVcsError,
  VcsError,
  type VcsIssues,
} from '@pullwright/core'
import { checkLength, hasCommentMarker, writeComment } from '@pullwright/core/vcs'
import type { AccountBody } from './bodies.ts'
import type { BitbucketClient, CallContext } from './client.ts'
import { repositoryName } from './repository-name.ts'
import { RULES } from './rules.ts'
import type { Viewer } from './viewer.ts'

interface IssueBody {
  id: number
  title: string
  state?: string
  content?: { raw?: string }
  reporter?: AccountBody | null
  links?: { html?: { href?: string } }
}

const ISSUES = '/repositories/{workspace}/{repo_slug}/issues'

/** Bitbucket's own tracker, where the repository has one. It has no labels. */
export function createIssues(client: BitbucketClient, viewer: Viewer): VcsIssues {
  return { upsert: (...call) => upsert(client, viewer, ...call) }
}

async function upsert(
  client: BitbucketClient,
  viewer: Viewer,
  repository: string,
  { marker, title, body }: IssueSpec,
  { signal }: CallOptions = {},
): Promise<IssueResult> {
  const raw = writeComment({ marker, body }, RULES.markerStyle)
  checkLength('issue', raw, RULES.body, RULES)
  const context: CallContext = { repository, doing: 'open an issue', needs: ['issue:write'], signal }
  const there = await findIssue(client, viewer, marker, context)
  if (there !== null && there.title === title && there.content?.raw?.trimEnd() === raw)
    return result('unchanged', there)
  const place = { ...repositoryName(repository) }
  const json = { title, content: { raw } }
  if (there === null) {
    const { data } = await client.call<IssueBody>(`POST ${ISSUES}`, { parameters: place, json }, context)
    return result('created', data)
  }
  const parameters = { ...place, issue_id: there.id }
  const { data } = await client.call<IssueBody>(`PUT ${ISSUES}/{issue_id}`, { parameters, json }, context)
  return result('updated', data)
}

async function findIssue(
  client: BitbucketClient,
  viewer: Viewer,
  marker: string,
  context: CallContext,
): Promise<IssueBody | null> {
  const parameters = { ...repositoryName(context.repository), q: 'state = "new" OR state = "open"', pagelen: 100 }
  try {
    const all = await client.all<IssueBody>(`GET ${ISSUES}`, parameters, context)
    const marked = all.filter(({ content }) => hasCommentMarker(content?.raw ?? '', marker))
    const us = marked.length === 0 ? null : await viewer.find(context)
    return marked.find(({ reporter }) => us === null || reporter?.uuid === us) ?? null
  } catch (error) {
    if (!isVcsError(error) || error.code !== 'not-found') throw error
    const message = `${context.repository} has no issue tracker, or it is hidden from this credential. Turn it on in the repository's settings.`
    throw new VcsError('unsupported', message, { cause: error })
  }
}

function result(outcome: IssueResult['outcome'], { id, links }: IssueBody): IssueResult {
  return { outcome, number: id, url: links?.html?.href ?? '' }
}
