import type { Path } from './path.ts'

/** A path in pieces no longer than the recursion is deep, so that waiting costs no copy of the whole way. */
export interface Place {
  readonly up: Place | null
  /** Grown and shrunk in place. */
  readonly parts: Path
}

export function startingPlace(up: Place | null = null): Place {
  return { up, parts: [] }
}

/** The place as it is now, whatever the walk does next. */
export function remembered({ up, parts }: Place): Place {
  return { up, parts: parts.slice() }
}

/** The whole path to the place, or to a member of it. */
export function pathTo(place: Place, last?: string | number): Path {
  const path = last === undefined ? place.parts.slice() : [...place.parts, last]
  if (place.up === null) return path
  const pieces: Path[] = [path]
  for (let at: Place | null = place.up; at !== null; at = at.up) pieces.push(at.parts)
  return pieces.reverse().flat()
}
