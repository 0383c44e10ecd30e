import type { Repository } from '../model/entities.ts'
import { unresolvedNode } from '../model/refusal.ts'
import type { Node, World } from '../model/world.ts'

/** Git's own things have no row: their ids say where to look. */
export interface GitId {
  kind: 'Ref' | 'Commit' | 'Tree' | 'Blob'
  repository: Repository
  /** A ref's full name, or an object id. */
  name: string
}

const PREFIX: Record<GitId['kind'], string> = { Ref: 'REF', Commit: 'C', Tree: 'TREE', Blob: 'B' }

export function gitId(kind: GitId['kind'], repository: Repository, name: string): string {
  return `${PREFIX[kind]}_${Buffer.from(`${repository.id} ${name}`).toString('base64url')}`
}

export function parseGitId(world: World, id: string): GitId | null {
  const kind = (Object.keys(PREFIX) as GitId['kind'][]).find((one) => id.startsWith(`${PREFIX[one]}_`))
  if (kind === undefined) return null
  const [repositoryId = '', name = ''] = Buffer.from(id.slice(id.indexOf('_') + 1), 'base64url')
    .toString('utf8')
    .split(' ')
  const repository = world.nodes.get(repositoryId)
  return repository?.kind === 'Repository' && name !== '' ? { kind, repository, name } : null
}

/** The thing of one of these kinds that the id names; GitHub's NOT_FOUND where there is none. */
export function resolveNode<Kind extends Node['kind']>(
  world: World,
  id: string,
  ...kinds: Kind[]
): Extract<Node, { kind: Kind }> {
  const node = world.nodes.get(id)
  if (node === undefined || !(kinds as string[]).includes(node.kind)) throw unresolvedNode(id)
  return node as Extract<Node, { kind: Kind }>
}
