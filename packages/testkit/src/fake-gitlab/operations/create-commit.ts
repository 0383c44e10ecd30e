import type { GitPerson } from '../../git/parse-commit.ts'
import { mayPush, type Session } from '../model/access.ts'
import type { Project, User } from '../model/entities.ts'
import { badParameter, forbidden, refusal, unauthorized } from '../model/refusal.ts'
import type { World } from '../model/world.ts'
import { followBranch } from './follow-refs.ts'

export interface CommitOrder {
  branch: string
  startBranch: string | null
  startSha: string | null
  message: string
  force: boolean
  actions: CommitAction[]
  author: { name: string | null; email: string | null }
}

export interface CommitAction {
  action: string
  path: string
  content: Buffer
  lastCommitId: string | null
}

/** A commit of several actions, as `POST repository/commits` makes it. Answers its id. */
export function createCommit(world: World, session: Session, project: Project, order: CommitOrder): Promise<string> {
  const { user } = session
  if (user === null) throw unauthorized()
  if (!mayPush(user, project, order.branch)) throw forbidden('You are not allowed to push into this branch')
  return project.lock(() => commit(world, user, project, order))
}

async function commit(world: World, user: User, project: Project, order: CommitOrder): Promise<string> {
  const { git } = project
  const ref = `refs/heads/${order.branch}`
  const there = await git.resolve(ref)
  const start = await startOf(project, order, there)
  const other = order.startSha !== null || (order.startBranch ?? order.branch) !== order.branch
  if (other && there !== null && !order.force) {
    throw bad(`A branch called '${order.branch}' already exists. Switch to that branch in order to make changes`)
  }
  if (there === null && (await refusedName(project, order.branch))) {
    throw bad(`Something went wrong when we tried to create '${order.branch}' for you: Branch name is invalid`)
  }
  await checkActions(project, start, order.actions)
  const who = personOf(user, world.now())
  const author = { name: order.author.name ?? who.name, email: order.author.email ?? who.email, at: who.at }
  if (there === null && start !== null) await git.updateRefs([{ name: ref, after: start }])
  if (there !== null && other && start !== null) await git.updateRefs([{ name: ref, after: start }])
  const oid = await git.commitTo(ref, {
    parent: start,
    message: order.message,
    author,
    committer: who,
    additions: order.actions
      .filter(({ action }) => action !== 'delete')
      .map(({ path, content }) => ({ path, contents: content })),
    deletions: order.actions.filter(({ action }) => action === 'delete').map(({ path }) => path),
  })
  if (oid === null) throw bad('Could not update branch. Please refresh and try again.')
  await followBranch(world, project, order.branch)
  return oid
}

async function startOf(project: Project, order: CommitOrder, there: string | null): Promise<string | null> {
  const { git } = project
  if (order.startSha !== null) {
    if (order.startBranch !== null) throw badParameter('start_branch, start_sha are mutually exclusive')
    const found = await git.resolve(order.startSha)
    if (found === null) throw bad(`Cannot find start_sha '${order.startSha}'`)
    return found
  }
  const from = order.startBranch ?? order.branch
  const found = from === order.branch ? there : await git.resolve(`refs/heads/${from}`)
  const empty = (await git.refs('refs/heads/')).length === 0
  if (found === null && !empty) throw bad('You can only create or edit files when you are on a branch')
  return found
}

async function checkActions(project: Project, start: string | null, actions: readonly CommitAction[]): Promise<void> {
  const { git } = project
  for (const { action, path, lastCommitId } of actions) {
    const there = start === null ? null : await git.read(`${start}:${path}`)
    if (action === 'create' && there !== null) throw bad('A file with this name already exists')
    if (action === 'create') await checkFolders(project, start, path)
    if ((action === 'update' || action === 'delete') && there?.type !== 'blob') {
      throw bad("A file with this name doesn't exist")
    }
    if (lastCommitId !== null && start !== null) {
      const [last] = await git.log(start, path)
      if (last !== undefined && last !== lastCommitId) {
        throw bad('You are attempting to update a file that has changed since you started editing it.')
      }
    }
  }
}

async function checkFolders(project: Project, start: string | null, path: string): Promise<void> {
  const parts = path.split('/')
  for (let length = 1; start !== null && length < parts.length; length++) {
    const folder = await project.git.read(`${start}:${parts.slice(0, length).join('/')}`)
    if (folder?.type === 'blob') throw bad('A file with this name already exists')
  }
}

/** Git has one place for `a` and `a/b`; GitLab takes no name of 40 hexadecimal digits. */
async function refusedName(project: Project, branch: string): Promise<boolean> {
  if (/[\s~^:?*[\\]|\.\.|^[-/]|\/$|\.lock$/.test(branch) || /^[0-9a-f]{40}$/i.test(branch)) return true
  const names = (await project.git.refs('refs/heads/')).map(({ name }) => name.slice('refs/heads/'.length))
  return names.some((name) => name.startsWith(`${branch}/`) || branch.startsWith(`${name}/`))
}

export function personOf(user: User, at: number): GitPerson {
  return { name: user.name, email: user.email, at: Math.floor(at / 1000) * 1000 }
}

function bad(message: string) {
  return refusal(400, message)
}
