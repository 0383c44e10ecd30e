import { VcsError } from '@pullwright/core'
import { type Head, isLater, type Job, parentNames, readMarker } from '@pullwright/core/vcs'
import type { BranchBody, PullRequestBody } from '../bodies.ts'
import { isFrom, PULL_REQUESTS, quoted } from '../pull-requests.ts'
import { repositoryName } from '../repository-name.ts'
import { contextOf, type Session } from './session.ts'
import { filesAtOurCommit, filesNotRead, type Known, type State, toKnown } from './state.ts'

/**
 * One request where an open pull request of ours tells all that an update takes; otherwise one for the branches, and one
 * for the pull requests where the branch is there.
 */
export async function readState(session: Session, job: Job): Promise<State> {
  const { repository } = session
  const { branch, onForeignCommits = 'append' } = job.spec
  const guess = session.known.has(repository, branch) && onForeignCommits === 'append'
  const early = guess ? await readPullRequests(session, [branch]) : null
  const direct = early === null ? null : fromPullRequests(job, early)
  if (direct !== null) return direct
  session.known.remove(repository, branch)

  const branches = await readBranches(session, job)
  const base = branches.find(({ name }) => name === job.spec.base)
  if (base === undefined) throw missingBase(session, job)
  const there = branches.find(({ name }) => name === branch)
  const beside = branches.map(({ name }) => name).filter((name) => isBeside(name, job.requested) && name !== branch)
  const wanted = there !== undefined || beside.length > 0
  const enough = beside.length === 0 ? early : null
  const all = enough ?? (wanted ? await readPullRequests(session, [branch, ...beside]) : [])
  const own = all.filter(({ source }) => source.source.branch?.name === branch)
  const open = own.filter(({ source }) => source.state === 'OPEN')
  const head = there === undefined ? null : headOf(job, there, open)
  const merged = own.filter((one) => one.source.state === 'MERGED' && one.base === job.spec.base)
  if (open.length > 0) session.known.add(repository, branch)
  // A branch that is new gets every file; one that is there is worth a look, and so is what may be merged already.
  const blind = head === null && !merged.some((one) => isSame(job, one))
  return {
    base: { oid: base.target.hash, ...(blind ? { files: filesNotRead(job) } : {}) },
    head,
    open,
    merged,
    relocated: all.flatMap((one) => relocated(job, one)),
    clash: branches.map(({ name }) => name).find((name) => clashes(name, branch)) ?? null,
  }
}

/**
 * Where the branch stands at our own commit an update needs nothing more. That there is nothing to do is said only after
 * a look at the branch: a pull request keeps its commit when the branch is deleted.
 */
function fromPullRequests(job: Job, all: readonly Known[]): State | null {
  const open = all.filter(({ source }) => source.state === 'OPEN')
  const ours = open.find(({ base }) => base === job.spec.base)
  const marker = ours === undefined ? null : readMarker(ours.body)
  if (ours === undefined || marker?.commit === undefined || marker.commit !== ours.head) return null
  if (isSame(job, ours) && !isLater(marker, job.spec.order)) return null
  return {
    base: { oid: ours.source.destination.commit?.hash ?? '', files: filesNotRead(job) },
    head: { oid: ours.head, files: filesAtOurCommit(job, marker.files) },
    open,
    merged: [],
    relocated: [],
    clash: null,
  }
}

function isSame({ spec }: Job, { body }: Known): boolean {
  const marker = readMarker(body)
  return marker?.identity === spec.identity && marker.kind === spec.kind
}

function headOf(job: Job, { target }: BranchBody, open: readonly Known[]): Head {
  const marker = readMarker(open.find(({ base }) => base === job.spec.base)?.body ?? '')
  if (marker?.commit !== target.hash) return { oid: target.hash }
  return { oid: target.hash, files: filesAtOurCommit(job, marker.files) }
}

/** The base, the branch, those beside it, and those that git could not hold next to it. */
async function readBranches(session: Session, { spec, requested }: Job): Promise<BranchBody[]> {
  const exact = [spec.base, ...parentNames(spec.branch)].map((name) => `name = ${quoted(name)}`)
  const parameters = {
    ...repositoryName(session.repository),
    q: [...exact, `name ~ ${quoted(requested)}`].join(' OR '),
    pagelen: 100,
  }
  const context = contextOf(session, 'read the branches', 'repository')
  return session.client.all<BranchBody>('GET /repositories/{workspace}/{repo_slug}/refs/branches', parameters, context)
}

/** Open and merged ones of these branches, the newest 50. */
export async function readPullRequests(session: Session, branches: readonly string[]): Promise<Known[]> {
  const { repository, client, viewer } = session
  const parameters = {
    ...repositoryName(repository),
    q: branches.map((name) => `source.branch.name = ${quoted(name)}`).join(' OR '),
    state: ['OPEN', 'MERGED'],
    sort: '-created_on',
    pagelen: 50,
    fields: '+values.reviewers',
  }
  const context = contextOf(session, 'read the pull requests', 'pullrequest')
  const { data } = await client.call<{ values?: PullRequestBody[] }>(`GET ${PULL_REQUESTS}`, { parameters }, context)
  const own = (data.values ?? []).filter((one) => isFrom(one, repository))
  const known = own.map((one) => toKnown(one, viewer.known()))
  // One without a marker may be ours or a stranger's: that matters.
  const unclear = viewer.known() === null && known.some(({ ours, source }) => !ours && source.state === 'OPEN')
  if (!unclear) return known
  const us = await viewer.find(context)
  return own.map((one) => toKnown(one, us))
}

/** The names that another branch of ours may have had to take. */
function isBeside(name: string, requested: string): boolean {
  return name === requested || (name.startsWith(`${requested}-`) && /^-[0-9a-f]{8}$/.test(name.slice(requested.length)))
}

function relocated({ spec, requested }: Job, one: Known): State['relocated'] {
  const branch = one.source.source.branch?.name
  const ours = one.ours && one.source.state === 'OPEN' && one.base === spec.base
  const asked = readMarker(one.body)?.branch
  return ours && branch !== undefined && asked === requested ? [{ branch, number: one.number }] : []
}

function clashes(name: string, branch: string): boolean {
  return name.startsWith(`${branch}/`) || branch.startsWith(`${name}/`)
}

function missingBase(session: Session, { spec }: Job): VcsError {
  const message = `The base branch ${JSON.stringify(spec.base)} does not exist in ${session.repository}. Create it (an empty repository needs a first commit), or name another in the route.`
  return new VcsError('not-found', message)
}
