import type { Change, ChangeKind } from '../config-diff/change.ts'
import { formatPath, type Path } from '../config-diff/path.ts'
import { isPlainList, isSetKey } from '../config-diff/set-keys.ts'
import type { Told } from './change-view.ts'

/** More elements than this that moved within one list are counted. */
const MAX_MOVES = 6

export interface MergedList {
  kind: ChangeKind
  path: Path
  told: Told
}

/** Members of a set that came and went as one change of the set; many moves within one list as one. */
export function mergeLists(changes: readonly Change[]): { rest: Change[]; merged: MergedList[] } {
  const lists = new Map<string, Change[]>()
  for (const change of changes) {
    if (!isOfList(change)) continue
    const key = formatPath(listOf(change))
    const list = lists.get(key)
    if (list === undefined) lists.set(key, [change])
    else list.push(change)
  }
  const merged: MergedList[] = []
  const taken = new Set<Change>()
  for (const list of lists.values()) {
    const path = list[0] === undefined ? [] : listOf(list[0])
    const moves = list.filter(({ kind }) => kind === 'moved')
    const isSet = isSetKey(path.at(-1))
    if (!isSet && moves.length <= MAX_MOVES) continue
    for (const change of isSet ? list : moves) taken.add(change)
    merged.push(isSet ? mergeSet(path, list) : { kind: 'moved', path, told: { how: 'moves', count: moves.length } })
  }
  return { rest: taken.size === 0 ? [...changes] : changes.filter((change) => !taken.has(change)), merged }
}

/** The list of an element; a set that was put in another order is named itself. */
function listOf({ path }: Change): Path {
  return typeof path.at(-1) === 'number' ? path.slice(0, -1) : path
}

/** Elements of lists that moved, members of sets that came or went, and sets in another order. */
function isOfList({ kind, path, before, after }: Change): boolean {
  if (typeof path.at(-1) !== 'number') return kind === 'moved' && isSetKey(path.at(-1))
  if (kind === 'moved') return true
  const value = kind === 'added' ? after : before
  return kind !== 'modified' && isSetKey(path.at(-2)) && value !== undefined && isPlainList([value])
}

function mergeSet(path: Path, list: readonly Change[]): MergedList {
  const added = list.filter(({ kind }) => kind === 'added').map(({ after = null }) => after)
  const removed = list.filter(({ kind }) => kind === 'removed').map(({ before = null }) => before)
  const reordered = list.some(({ kind }) => kind === 'moved')
  const kind = added.length > 0 || removed.length > 0 ? 'modified' : 'moved'
  return { kind, path, told: { how: 'members', added, removed, reordered } }
}
