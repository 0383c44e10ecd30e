import { PullwrightError } from '../errors.ts'
import type { JsonValue } from '../json.ts'
import { createGlob, type Glob } from './glob.ts'

export interface PathRules {
  /** Only what stands at these places. Absent: everything. */
  only?: readonly string[] | undefined
  /** Nothing that stands at these; wins over `only`. */
  except?: readonly string[] | undefined
}

/** What of a value may be seen. */
export interface PathSelection {
  /** The visible part of what stands at `at`; undefined where nothing of it may be seen. Never changes what is given. */
  of(value: JsonValue, at?: readonly (string | number)[]): JsonValue | undefined
  /** Whether anything that stands there may be seen. */
  reaches(at: readonly (string | number)[]): boolean
}

/**
 * Places are written `llm_config.temperature`, `messages[*].content`, `tools.**.description` or `["a.b"].c`: `*` is any run
 * of characters of one key or any index, `**` any number of keys. Each stands for all that is below it. In a list, what
 * may not be seen stands as null, so that the others keep their places. A value that is no object is left out whole where
 * rules name members only. Throws `invalid-argument` for a place that cannot be read.
 */
export function createPathSelection({ only, except }: PathRules): PathSelection {
  const start: State = { only: only?.map(placeOf) ?? null, except: (except ?? []).map(placeOf) }
  const rules = [...(start.only ?? []), ...start.except]
  const decided = (state: State) => state.only === null && state.except.length === 0
  const reachesLists = rules.some(([first]) => first === ANY_DEPTH || first?.mayBeIndex)
  return {
    of(value, at = []) {
      if (decided(start)) return value
      const isObject = typeof value === 'object' && value !== null && !Array.isArray(value)
      if (at.length === 0 && !isObject && !(Array.isArray(value) && reachesLists)) return undefined
      const state = stateAt(at)
      return state === null ? undefined : select(value, state, 0)
    },
    reaches: (at) => settle(stateAt(at)) !== null,
  }

  function stateAt(at: readonly (string | number)[]): State | null {
    if (typeof at[0] === 'number' && !reachesLists && !decided(start)) return null
    return at.reduce<State | null>((state, key) => below(settle(state), key), start)
  }
}

/** Whether `createPathSelection` can read it. */
export function isPlace(text: string): boolean {
  try {
    return placeOf(text).length > 0
  } catch {
    return false
  }
}

const ANY_DEPTH = '**'
type Segment = typeof ANY_DEPTH | Glob
type Place = readonly Segment[]

/** What is left of each rule at a place. `only` is null where all is chosen. */
interface State {
  only: readonly Place[] | null
  except: readonly Place[]
}

/** Deeper down nobody looks: what is not decided by then is left out. */
const DEEPEST = 500

function select(value: JsonValue, state: State, depth: number): JsonValue | undefined {
  const settled = settle(state)
  if (settled === null) return undefined
  const { only, except } = settled
  if (only === null && except.length === 0) return value
  if (typeof value !== 'object' || value === null) return only === null ? value : undefined
  if (depth >= DEEPEST) return undefined
  const inner = (child: JsonValue, key: string | number) => {
    const next = below(settled, key)
    return next === null ? undefined : select(child, next, depth + 1)
  }
  if (Array.isArray(value)) {
    const items = value.map(inner)
    return only !== null && items.every((item) => item === undefined) ? undefined : items.map((item) => item ?? null)
  }
  const entries = Object.entries(value).flatMap(([key, child]): [string, JsonValue][] => {
    const shown = inner(child, key)
    return shown === undefined ? [] : [[key, shown]]
  })
  return only !== null && entries.length === 0 ? undefined : Object.fromEntries(entries)
}

/** Rules that end here are settled. Null: nothing of this may be seen. */
function settle(state: State | null): State | null {
  if (state === null) return null
  const { only, except } = state
  if (except.some(ends)) return null
  if (only === null || only.some(ends)) return { only: null, except }
  return only.length === 0 ? null : { only, except }
}

function below(state: State | null, key: string | number): State | null {
  if (state === null) return null
  const { only, except } = state
  return { only: only === null ? null : advance(only, key), except: advance(except, key) }
}

function ends(place: Place): boolean {
  return place.every((segment) => segment === ANY_DEPTH)
}

/** One key further down. */
function advance(places: readonly Place[], key: string | number): Place[] {
  const name = String(key)
  return places.flatMap((place) => {
    let at = 0
    while (place[at] === ANY_DEPTH) at++
    const segment = place[at]
    const deeper = at === 0 ? [] : [place]
    return segment !== undefined && segment !== ANY_DEPTH && segment.fits(name)
      ? [...deeper, place.slice(at + 1)]
      : deeper
  })
}

const SEGMENT = /(\.?)([^.[\]"']+)|(\.?)\[(?:("(?:[^"\\]|\\.)*")|'([^']*)'|(\*{1,2}|\d+))\]/y

function placeOf(text: string): Place {
  const place: Segment[] = []
  const segment = new RegExp(SEGMENT)
  while (segment.lastIndex < text.length) {
    const start = segment.lastIndex
    const [, dot = '', plain, , json, quoted, index] = segment.exec(text) ?? unreadable(text)
    if (plain !== undefined && (dot === '.') !== start > 0) unreadable(text)
    const name = plain ?? quoted ?? index ?? unquote(json ?? '', text)
    place.push(name === ANY_DEPTH && json === undefined ? ANY_DEPTH : createGlob(name, json !== undefined))
  }
  return place.length === 0 || place.every((part) => part === ANY_DEPTH) ? unreadable(text) : place
}

function unquote(json: string, text: string): string {
  try {
    return JSON.parse(json) as string
  } catch {
    return unreadable(text)
  }
}

function unreadable(text: string): never {
  const shown = JSON.stringify(text.slice(0, 80))
  throw new PullwrightError('invalid-argument', `${shown} is no place: write it like messages[*].content or ["x-a.b"]`)
}
