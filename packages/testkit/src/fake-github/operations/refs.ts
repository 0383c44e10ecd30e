import { type RefUpdate, ZERO_OID } from '../../git/bare-repository.ts'
import { demand, type Session } from '../model/access.ts'
import type { Repository } from '../model/entities.ts'
import { invalid, Refusal } from '../model/refusal.ts'
import type { World } from '../model/world.ts'
import { refNameProblem, refuseDirectChange } from './branch-rules.ts'
import { followRefs } from './follow-refs.ts'

export interface RefChange {
  name: string
  afterOid: string
  /** Forty zeros: must not exist. Absent or null: whatever it holds. */
  beforeOid?: string | null
  force?: boolean | null
}

export async function createRef(world: World, session: Session, repository: Repository, name: string, oid: string) {
  demand(session, repository, { permissions: ['contents'], level: 'write', action: 'CreateRef' })
  return repository.lock(async () => {
    if ((await repository.git.read(name)) !== null) {
      const message = `A ref named "${name}" already exists in the repository.`
      throw new Refusal('UNPROCESSABLE', message, { restMessage: 'Reference already exists' })
    }
    await checkChange(repository, { name, afterOid: oid })
    await apply(world, repository, [{ name, after: oid, before: ZERO_OID }])
  })
}

/** All or nothing, as the mutation `updateRefs` promises. */
export async function updateRefs(
  world: World,
  session: Session,
  repository: Repository,
  changes: readonly RefChange[],
) {
  demand(session, repository, { permissions: ['contents'], level: 'write', action: 'UpdateRefs' })
  return repository.lock(async () => {
    const updates: RefUpdate[] = []
    for (const change of changes) updates.push(await checkChange(repository, change))
    await apply(world, repository, updates)
  })
}

export async function deleteRef(world: World, session: Session, repository: Repository, name: string) {
  demand(session, repository, { permissions: ['contents'], level: 'write', action: 'DeleteRef' })
  return repository.lock(async () => {
    if ((await repository.git.read(name)) === null) {
      throw new Refusal('UNPROCESSABLE', 'Reference does not exist', { restMessage: 'Reference does not exist' })
    }
    if (name === `refs/heads/${repository.defaultBranch}`) {
      throw new Refusal('UNPROCESSABLE', 'Cannot delete the default branch', {
        restMessage: 'Cannot delete the default branch',
      })
    }
    refuseDirectChange(repository, name.replace(/^refs\/heads\//, ''))
    await apply(world, repository, [{ name, after: ZERO_OID }])
  })
}

async function checkChange(repository: Repository, change: RefChange): Promise<RefUpdate> {
  const problem = refNameProblem(change.name)
  if (problem !== null) throw invalid(problem, [problem])
  const current = await repository.git.resolve(change.name)
  if (current !== null) refuseDirectChange(repository, change.name.replace(/^refs\/heads\//, ''))
  if (change.afterOid !== ZERO_OID && (await repository.git.resolve(change.afterOid)) === null) {
    throw new Refusal('UNPROCESSABLE', 'Object does not exist', { restMessage: 'Object does not exist' })
  }
  const before = change.beforeOid ?? undefined
  if (before !== undefined && before !== (current ?? ZERO_OID)) {
    const message =
      before === ZERO_OID
        ? `A ref named "${change.name}" already exists in the repository.`
        : `Ref ${change.name} is at ${current ?? ZERO_OID} but expected ${before}`
    throw new Refusal('UNPROCESSABLE', message, { restMessage: 'Reference update failed' })
  }
  const moves = current !== null && change.afterOid !== ZERO_OID
  if (moves && change.force !== true && !(await repository.git.isAncestor(current, change.afterOid))) {
    throw new Refusal('UNPROCESSABLE', 'Update is not a fast forward', { restMessage: 'Update is not a fast forward' })
  }
  return { name: change.name, after: change.afterOid, before: current ?? ZERO_OID }
}

async function apply(world: World, repository: Repository, updates: readonly RefUpdate[]): Promise<void> {
  const refused = await repository.git.updateRefs(updates)
  if (refused !== null) {
    throw new Refusal('UNPROCESSABLE', 'Reference update failed', { restMessage: 'Reference update failed' })
  }
  await followRefs(
    world,
    repository,
    updates.map((update) => update.name),
  )
}
