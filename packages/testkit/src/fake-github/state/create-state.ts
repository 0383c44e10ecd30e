import type { PullRequest, Repository } from '../model/entities.ts'
import { findRepository, nameWithOwner, type World } from '../model/world.ts'
import { addLabel, findLabel } from '../operations/labels.ts'
import { dismissReview } from '../operations/reviews.ts'
import { rateBucket } from '../rate-limit.ts'
import { addApp, appDoors } from './apps.ts'
import { makeDelivery } from './deliveries.ts'
import type { FakeGitHubInspection, FakeGitHubPeople, FakeGitHubSetup, FakeGitHubState } from './fake-github-state.ts'
import {
  commentByHand,
  commitByHand,
  issueByHand,
  mergeByHand,
  moveBranch,
  openByHand,
  reviewByHand,
  statusByHand,
} from './people.ts'
import { protectionsOf } from './protections.ts'
import { addRepository, addTeam, addToken, ensureAccount } from './setup.ts'
import { checkRunsOf, commitsOf, deploymentsOf, filesOf, issuesOf, snapshotOf, statusesOf } from './snapshots.ts'

/** As many commits as `commits()` answers. */
const MAX_COMMITS = 100

type FindRepository = (name: string) => Repository
type FindPullRequest = (name: string, number: number) => PullRequest

/** The doors of one world. */
export function createState(world: World): FakeGitHubState {
  const repository: FindRepository = (name) => {
    const found = findRepository(world, name)
    if (found === undefined) throw new Error(`The fake has no repository ${name}: make it with createRepository().`)
    return found
  }
  const pullRequest: FindPullRequest = (name, number) => {
    const found = repository(name).pullRequests.find((one) => one.number === number)
    if (found === undefined) throw new Error(`${name} has no pull request ${number}.`)
    return found
  }
  return {
    violations: world.violations,
    ...setup(world, repository),
    ...appDoors(world),
    ...inspection(world, repository, pullRequest),
    ...people(world, repository, pullRequest),
  }
}

function setup(world: World, repository: FindRepository): FakeGitHubSetup {
  return {
    createUser: (user) => idOf(ensureAccount(world, user.login, 'User', user)),
    createOrganization: (login) => idOf(ensureAccount(world, login, 'Organization')),
    createTeam: (organization, slug, members = []) => idOf(addTeam(world, organization, slug, members)),
    async createRepository(input) {
      const made = await addRepository(world, input)
      return { id: made.id, repository: nameWithOwner(made), path: made.git.path }
    },
    updateRepository(name, { protectedBranches, ...changes }) {
      Object.assign(repository(name), changes)
      if (protectedBranches !== undefined) repository(name).protections = protectionsOf(protectedBranches)
    },
    addCollaborator(name, login, role) {
      ensureAccount(world, login, 'User')
      repository(name).collaborators.set(login.toLowerCase(), role)
    },
    createLabel: (name, label) => idOf(addLabel(world, repository(name), { name: label, color: 'ededed' })),
    createToken: (input = {}) => addToken(world, input),
    createApp: (input) => addApp(world, input),
    revokeToken(value) {
      tokenOf(world, value).revoked = true
    },
    setPermissions(value, permissions) {
      tokenOf(world, value).permissions = { metadata: 'read', ...permissions }
    },
    setRateLimit(value, { resource = 'core', remaining, resetAt }) {
      const bucket = rateBucket(world, value, resource)
      bucket.used = bucket.limit - remaining
      bucket.resetAt = resetAt ?? bucket.resetAt
    },
  }
}

function inspection(world: World, repository: FindRepository, pullRequest: FindPullRequest): FakeGitHubInspection {
  const refOf = (name: string, ref?: string) => ref ?? repository(name).defaultBranch
  return {
    pullRequests: (name) => Promise.all(repository(name).pullRequests.map((one) => snapshotOf(world, one))),
    pullRequest: async (name, number) => snapshotOf(world, pullRequest(name, number)),
    labels: (name) =>
      repository(name).labels.map(({ name: label, color, description }) => ({ name: label, color, description })),
    statuses: (name, sha) => statusesOf(repository(name), sha),
    checkRuns: (name) => checkRunsOf(repository(name)),
    deployments: (name) => deploymentsOf(repository(name)),
    issues: (name) => issuesOf(repository(name)),
    async branches(name) {
      const refs = await repository(name).git.refs('refs/heads/')
      return Object.fromEntries(refs.map((ref) => [ref.name.replace(/^refs\/heads\//, ''), ref.oid]))
    },
    head: (name, branch) => repository(name).git.resolve(`refs/heads/${refOf(name, branch)}`),
    commits: (name, ref) => commitsOf(repository(name), refOf(name, ref), MAX_COMMITS),
    files: (name, ref) => filesOf(repository(name), refOf(name, ref)),
    async file(name, path, ref) {
      const object = await repository(name).git.read(`${refOf(name, ref)}:${path}`)
      return object?.type === 'blob' ? object.data.toString('utf8') : null
    },
    gitDirectory: (name) => repository(name).git.path,
  }
}

function people(world: World, repository: FindRepository, pullRequest: FindPullRequest): FakeGitHubPeople {
  return {
    commit: (commit) => commitByHand(world, repository(commit.repository), commit),
    createBranch: (name, branch, from = repository(name).defaultBranch) =>
      moveBranch(world, repository(name), branch, from),
    resetBranch: (name, branch, to) => moveBranch(world, repository(name), branch, to),
    deleteBranch: (name, branch) => moveBranch(world, repository(name), branch, null),
    openPullRequest: async (name, input) => snapshotOf(world, await openByHand(world, repository(name), input)),
    mergePullRequest: (name, number, options = {}) =>
      mergeByHand(world, pullRequest(name, number), options.by, options.method),
    closePullRequest(name, number) {
      const changes = { state: 'CLOSED', closedAt: world.now(), updatedAt: world.now(), autoMerge: null } as const
      Object.assign(pullRequest(name, number), changes)
    },
    editPullRequest(name, number, edit) {
      Object.assign(pullRequest(name, number), edit, { updatedAt: world.now() })
    },
    review: (name, number, by, state, body) => reviewByHand(world, pullRequest(name, number), by, state, body),
    dismissReview: (name, number, by) => dismissReview(pullRequest(name, number), ensureAccount(world, by, 'User')),
    addLabel(name, number, label, by) {
      const known =
        findLabel(repository(name), label) ?? addLabel(world, repository(name), { name: label, color: 'ededed' })
      const { labels, labeled } = pullRequest(name, number)
      if (!labels.includes(known)) labels.push(known)
      if (by !== undefined)
        labeled.push({ label: known, by: ensureAccount(world, by, by.endsWith('[bot]') ? 'Bot' : 'User') })
    },
    openIssue: (name, issue) => issueByHand(world, repository(name), issue).number,
    closeIssue(name, number) {
      const found = repository(name).issues.find((one) => one.number === number)
      if (found !== undefined) Object.assign(found, { state: 'CLOSED', closedAt: world.now(), updatedAt: world.now() })
    },
    delivery: (kind, order) => makeDelivery(world, repository(order.repository), kind, order),
    comment: (name, number, by, body) => commentByHand(world, pullRequest(name, number), by, body),
    setStatus: (name, status) => statusByHand(world, repository(name), status),
  }
}

function tokenOf(world: World, value: string) {
  const token = world.tokens.get(value)
  if (token === undefined) throw new Error('The fake knows no such token: make it with createToken().')
  return token
}

function idOf(thing: { id: string }): { id: string } {
  return { id: thing.id }
}
