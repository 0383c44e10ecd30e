import type { PullRequestKind, PullRequestOrder } from '@pullwright/core'

/** What a pull request's body tells us about itself, in an HTML comment at its end. */
export interface Marker {
  kind: PullRequestKind
  identity: string
  /** Digest of our files as they stood on the branch, so that a branch which lost or changed them is noticed. */
  files?: string
  /** Which of several deployments it is. */
  order?: PullRequestOrder
  /** The branch asked for, where another had to be taken. */
  branch?: string
  /** Set while labels, reviewers and the like are still to come: an interrupted run is then finished by the next. */
  pending?: 'created' | 'updated'
}

/** Characters of a body that the marker may take. */
export const MARKER_ROOM = 1024
export const MAX_IDENTITY = 200

const OPENING = '<!-- pullwright:'

export function writeMarker(body: string, marker: Marker): string {
  const json = JSON.stringify({ v: 1, ...marker }).replace(/[<>]|(?<=-)-/g, escaped)
  return `${body.trimEnd()}\n\n${OPENING}${json} -->`
}

/** The last marker of a body: ours is written last, so one that came with somebody's text does not count. */
export function readMarker(body: string): Marker | null {
  const start = body.lastIndexOf(OPENING)
  const end = body.indexOf('-->', start)
  if (start < 0 || end < 0) return null
  try {
    return toMarker(JSON.parse(body.slice(start + OPENING.length, end)))
  } catch {
    return null
  }
}

/** Hides a comment's own name in it. */
export function commentMarker(name: string): string {
  return `<!-- pullwright-comment:${name} -->`
}

function toMarker(value: unknown): Marker | null {
  if (typeof value !== 'object' || value === null) return null
  const { v, kind, identity, files, order, branch, pending } = value as Record<string, unknown>
  if (v !== 1 || (kind !== 'document' && kind !== 'propose') || typeof identity !== 'string') return null
  return {
    kind,
    identity,
    ...(typeof files === 'string' ? { files } : {}),
    ...(isOrder(order) ? { order: { origin: order.origin, sequence: order.sequence } } : {}),
    ...(typeof branch === 'string' ? { branch } : {}),
    ...(pending === 'created' || pending === 'updated' ? { pending } : {}),
  }
}

/** An origin of up to 64 letters, digits and `._:-`, and a whole number. */
export function isOrder(value: unknown): value is PullRequestOrder {
  if (typeof value !== 'object' || value === null) return false
  const { origin, sequence } = value as Record<string, unknown>
  return typeof origin === 'string' && /^[\w.:-]{1,64}$/.test(origin) && Number.isSafeInteger(sequence)
}

/** Whether a pull request with this marker is about a later deployment than the one at hand. */
export function isLater(marker: Marker | null, order: PullRequestOrder | undefined): boolean {
  const there = marker?.order
  if (there === undefined || order === undefined) return false
  return there.origin === order.origin && there.sequence > order.sequence
}

/** Neither `-->` nor a tag can then be read out of it. */
function escaped(character: string): string {
  return `\\u${character.charCodeAt(0).toString(16).padStart(4, '0')}`
}
