import { PullwrightError } from '../errors.ts'
import type { JsonObject, JsonValue } from '../json.ts'
import type { Change, ConfigDiff } from './change.ts'
import { formatPath, type Path } from './path.ts'
import { setMember } from './set-member.ts'

/**
 * Makes `after` out of `before`: `applyDiff(a, diffConfig(a, b))` deep-equals `b`, always. What did not change is shared
 * with `before`, nothing is mutated. It may be applied to another configuration than it was made from as long as every
 * place it names is there; otherwise it throws `invalid-argument` with the path that is missing.
 */
export function applyDiff(before: JsonValue | undefined, diff: ConfigDiff): JsonValue | undefined {
  if (diff.result !== undefined) return diff.result === 'null' ? null : undefined
  if (diff.changes.length === 0) return before
  const root = diff.changes.find((change) => change.path.length === 0)
  if (root !== undefined) return root.kind === 'removed' ? undefined : root.after
  const { left, made } = plant(diff.changes)
  const holder: { value: JsonValue | undefined } = { value: undefined }
  const open: Work[] = [{ value: before ?? {}, left, made, place: (value) => (holder.value = value), trail: null }]
  for (let work = open.pop(); work !== undefined; work = open.pop()) rebuild(work, open)
  return holder.value
}

/** Changes by path, as a tree. */
interface Node {
  change: Change | null
  /** An element may have moved and be modified as a whole; of a set: its new order. */
  move: Change | null
  children: Map<string | number, Node>
}

interface Work {
  value: JsonValue
  /** What happened, by paths in before: removed, and where moved elements came from. */
  left: Node | undefined
  /** What happened, by paths in after: added, modified, moved. */
  made: Node | undefined
  place: (value: JsonValue) => void
  trail: Trail
}

/** The way to a place, for an error's message: linked, since depth times depth would be copied otherwise. */
type Trail = { up: Trail; key: string | number } | null

function plant(changes: readonly Change[]): { left: Node; made: Node } {
  const left = newNode()
  const made = newNode()
  for (const change of changes) {
    if (change.kind === 'removed') grow(left, change.path).change = change
    else if (change.kind !== 'moved') grow(made, change.path).change = change
    else if (change.order !== undefined) grow(made, change.path).move = change
    else {
      grow(made, change.path).move = change
      grow(left, change.from ?? change.path).move = change
    }
  }
  return { left, made }
}

function newNode(): Node {
  return { change: null, move: null, children: new Map() }
}

function grow(root: Node, path: Path): Node {
  let node = root
  for (const part of path) {
    const next = node.children.get(part) ?? newNode()
    node.children.set(part, next)
    node = next
  }
  return node
}

function rebuild(work: Work, open: Work[]): void {
  const { value, left, made, place, trail } = work
  const change = made?.change
  if (change?.kind === 'added' || change?.kind === 'modified') place(change.after ?? null)
  else if (childless(left) && childless(made) && !made?.move?.order) place(value)
  else if (Array.isArray(value)) rebuildArray(work, value, open)
  else if (typeof value === 'object' && value !== null) rebuildObject(work, value, open)
  else throw misfit(trail, 'is no object or array')
}

function rebuildObject({ left, made, place, trail }: Work, value: JsonObject, open: Work[]): void {
  const result: JsonObject = {}
  for (const key of Object.keys(value)) {
    if (left?.children.get(key)?.change) continue
    const old = value[key]
    if (old !== undefined) setMember(result, key, old)
  }
  place(result)
  for (const key of keysOf(left, made)) {
    const gone = left?.children.get(key)
    const come = made?.children.get(key)
    const at = { up: trail, key }
    const name = String(key)
    if (gone?.change && !come) {
      if (!Object.hasOwn(value, name)) throw misfit(at, 'is missing')
      continue
    }
    const known = Object.hasOwn(value, name)
    if (!known && come?.change?.kind !== 'added') throw misfit(at, 'is missing')
    const put = (fresh: JsonValue) => setMember(result, name, fresh)
    open.push({ value: known ? (value[name] ?? null) : null, left: gone, made: come, place: put, trail: at })
  }
}

function rebuildArray({ left, made, place, trail }: Work, value: JsonValue[], open: Work[]): void {
  const sources = sourcesOf(value, left, made, trail)
  const result: JsonValue[] = sources.map((from) => (from === -1 ? null : (value[from] ?? null)))
  place(result)
  const touched = new Set<number>()
  for (const j of made?.children.keys() ?? []) if (typeof j === 'number') touched.add(j)
  if (left !== undefined) {
    const places = new Map(sources.map((from, j) => [from, j]))
    for (const i of left.children.keys()) {
      const j = typeof i === 'number' ? places.get(i) : undefined
      if (j !== undefined) touched.add(j)
    }
  }
  for (const j of touched) {
    const from = sources[j]
    if (from === undefined) throw misfit({ up: trail, key: j }, 'is missing')
    const put = (fresh: JsonValue) => {
      result[j] = fresh
    }
    const old = left?.children.get(from)
    open.push({
      value: value[from] ?? null,
      left: old,
      made: made?.children.get(j),
      place: put,
      trail: { up: trail, key: j },
    })
  }
}

/** For each element of the new array, where it came from, or -1: what is not named keeps its order and fills the rest. */
function sourcesOf(
  value: readonly JsonValue[],
  left: Node | undefined,
  made: Node | undefined,
  trail: Trail,
): number[] {
  const taken = new Set<number>()
  for (const [i, { change, move }] of left?.children ?? []) {
    if (typeof i !== 'number' || i >= value.length) throw misfit({ up: trail, key: i }, 'is missing')
    if (change !== null || move !== null) taken.add(i)
  }
  const placed = new Map<number, number>()
  for (const [j, { change, move }] of made?.children ?? []) {
    if (typeof j !== 'number') throw misfit({ up: trail, key: j }, 'is missing')
    if (move !== null) placed.set(j, Number(move.from?.at(-1)))
    else if (change?.kind === 'added') placed.set(j, -1)
  }
  const length = value.length - taken.size + placed.size
  const rest = made?.move?.order ?? restOf(value.length, taken)
  if (!isRest(rest, value.length, taken)) throw misfit(trail, 'has other members')
  const sources: number[] = []
  let next = 0
  for (let j = 0; j < length; j++) sources.push(placed.get(j) ?? rest[next++] ?? -1)
  for (const j of placed.keys()) if (j >= length) throw misfit({ up: trail, key: j }, 'cannot be placed')
  return sources
}

/** Places of the elements that were neither removed nor moved one by one. */
function restOf(length: number, taken: ReadonlySet<number>): number[] {
  const rest: number[] = []
  for (let i = 0; i < length; i++) if (!taken.has(i)) rest.push(i)
  return rest
}

/** Whether an order, which may come from elsewhere, names each of them once. */
function isRest(order: readonly number[], length: number, taken: ReadonlySet<number>): boolean {
  const named = new Set(order)
  const known = (i: number) => Number.isInteger(i) && i >= 0 && i < length && !taken.has(i)
  return named.size === order.length && order.length === length - taken.size && order.every(known)
}

function childless(node: Node | undefined): boolean {
  return node === undefined || node.children.size === 0
}

function keysOf(left: Node | undefined, made: Node | undefined): Set<string | number> {
  return new Set([...(left?.children.keys() ?? []), ...(made?.children.keys() ?? [])])
}

function misfit(trail: Trail, what: string): PullwrightError {
  const path: Path = []
  for (let at = trail; at !== null; at = at.up) path.unshift(at.key)
  return new PullwrightError(
    'invalid-argument',
    `The diff does not fit this configuration: ${formatPath(path) || 'the whole'} ${what}. Apply it to the one it was made from.`,
  )
}
