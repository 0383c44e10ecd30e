import type { PullRequest, Repository } from '../model/entities.ts'
import { ensureAccount, fullName, type World } from '../model/world.ts'
import { tipOf } from '../operations/heads.ts'
import { declinePullRequest } from '../operations/pull-requests.ts'
import { withoutHtmlComments } from '../render-html.ts'
import { accountBody, pullRequestBody, repositoryBody } from '../rest/bodies.ts'
import { signedDelivery } from './delivery.ts'
import type { FakeBitbucketState } from './fake-bitbucket-state.ts'
import { commitByHand, mergeByHand, moveBranch, openByHand } from './people.ts'
import { addMember, addRepository, addToken } from './setup.ts'
import { commitsOf, filesOf, snapshotOf } from './snapshots.ts'

/** The doors of one world. */
export function createState(world: World): FakeBitbucketState {
  const repository = (name: string): Repository => {
    const found = world.repositories.get(name.toLowerCase())
    if (found === undefined) throw new Error(`The fake has no repository ${name}: make it with createRepository().`)
    return found
  }
  const pullRequest = (name: string, id: number): PullRequest => {
    const found = repository(name).pullRequests.find((one) => one.id === id)
    if (found === undefined) throw new Error(`${name} has no pull request ${id}.`)
    return found
  }
  return {
    ...setup(world, repository),
    ...looks(world, repository, pullRequest),
    ...people(world, repository, pullRequest),
  }
}

type FindRepository = (name: string) => Repository
type FindPullRequest = (name: string, id: number) => PullRequest
type Setup = 'createUser' | 'addMember' | 'createRepository' | 'createToken' | 'revokeToken' | 'setScopes'
type Settings = 'setRemaining' | 'setPermission' | 'setMerging'
type Looks =
  | 'pullRequests'
  | 'comments'
  | 'statuses'
  | 'issues'
  | 'branches'
  | 'head'
  | 'commits'
  | 'files'
  | 'file'
  | 'gitDirectory'

function setup(world: World, repository: FindRepository): Pick<FakeBitbucketState, Setup | Settings> {
  const token = (value: string) => {
    const found = world.tokens.get(value)
    if (found === undefined) throw new Error('The fake knows no such token: make it with createToken().')
    return found
  }
  return {
    createUser: (nickname) => ensureAccount(world, nickname),
    addMember: (workspace, nickname) => addMember(world, workspace, nickname),
    async createRepository(input) {
      const made = await addRepository(world, input)
      return { uuid: made.uuid, repository: fullName(made), path: made.git.path }
    },
    createToken: (input = {}) => addToken(world, input),
    revokeToken(value) {
      token(value).revoked = true
    },
    setScopes(value, scopes) {
      token(value).scopes = new Set(scopes)
    },
    setRemaining(value, remaining) {
      Object.assign(token(value), { used: world.hourlyLimit - remaining, resetAt: world.now() + 3_600_000 })
    },
    setPermission(name, nickname, permission) {
      repository(name).permissions.set(ensureAccount(world, nickname).uuid, permission)
    },
    setMerging: (merging) => Object.assign(world.merging, merging),
  }
}

function looks(
  world: World,
  repository: FindRepository,
  pullRequest: FindPullRequest,
): Pick<FakeBitbucketState, Looks> {
  const refOf = (name: string, ref?: string) => ref ?? repository(name).mainBranch
  return {
    pullRequests: (name) => Promise.all(repository(name).pullRequests.map((one) => snapshotOf(world, one))),
    comments: (name, id) =>
      pullRequest(name, id).comments.map((one) => ({
        id: one.id,
        author: one.author.nickname,
        raw: one.raw,
        deleted: one.deleted,
      })),
    statuses: (name, commit) =>
      repository(name)
        .statuses.filter((one) => commit === undefined || one.commit === commit)
        .map(({ createdOn: _made, updatedOn: _changed, ...status }) => status),
    issues: (name) => repository(name).issues.map(({ id, title, raw, state }) => ({ id, title, raw, state })),
    async branches(name) {
      const refs = await repository(name).git.refs('refs/heads/')
      return Object.fromEntries(refs.map((ref) => [ref.name.replace(/^refs\/heads\//, ''), ref.oid]))
    },
    head: (name, branch) => tipOf(repository(name), refOf(name, branch)),
    commits: (name, ref) => commitsOf(repository(name), refOf(name, ref)),
    files: (name, ref) => filesOf(repository(name), refOf(name, ref)),
    async file(name, path, ref) {
      const object = await repository(name).git.read(`${refOf(name, ref)}:${path}`)
      return object?.type === 'blob' ? object.data.toString('utf8') : null
    },
    gitDirectory: (name) => repository(name).git.path,
  }
}

function people(
  world: World,
  repository: FindRepository,
  pullRequest: FindPullRequest,
): Omit<FakeBitbucketState, Setup | Settings | Looks> {
  return {
    commit: (commit) => commitByHand(world, repository(commit.repository), commit),
    createBranch: (name, branch, from = repository(name).mainBranch) => moveBranch(repository(name), branch, from),
    deleteBranch: (name, branch) => moveBranch(repository(name), branch, null),
    openPullRequest: async (name, input) => snapshotOf(world, await openByHand(world, repository(name), input)),
    editPullRequest: (name, id, edit) => void Object.assign(pullRequest(name, id), edit, { updatedOn: world.now() }),
    setReviewers(name, id, nicknames) {
      pullRequest(name, id).reviewers = nicknames.map((nickname) => ensureAccount(world, nickname))
    },
    mergePullRequest: (name, id, options = {}) => mergeByHand(world, pullRequest(name, id), options),
    declinePullRequest: async (name, id) =>
      void (await declinePullRequest(world, ensureAccount(world, 'jane'), pullRequest(name, id))),
    review(name, id, by, state) {
      const account = ensureAccount(world, by)
      pullRequest(name, id).participants.set(account.uuid, { account, state, at: world.now() })
    },
    comment(name, id, by, raw) {
      const [made, author] = [world.nextId(), ensureAccount(world, by)]
      const times = { createdOn: world.now(), updatedOn: world.now() }
      pullRequest(name, id).comments.push({ id: made, author, raw: withoutHtmlComments(raw), deleted: false, ...times })
      return made
    },
    addTask(name, id, by, raw) {
      const made = world.nextId()
      const author = ensureAccount(world, by)
      pullRequest(name, id).tasks.push({
        id: made,
        author,
        raw,
        state: 'UNRESOLVED',
        comment: null,
        createdOn: world.now(),
      })
      return made
    },
    delivery: signedDelivery,
    async pullRequestPayload(name, id, by = 'jane') {
      const one = pullRequest(name, id)
      return {
        actor: accountBody(ensureAccount(world, by)),
        repository: repositoryBody(world, one.repository),
        pullrequest: await pullRequestBody(world, one),
      }
    },
  }
}
