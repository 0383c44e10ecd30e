import type { PullRequestKind, PullRequestOrder } from '../ports/vcs.ts'

/** What a pull request's body tells us about itself, hidden at its end. */
export interface Marker {
  kind: PullRequestKind
  identity: string
  /** Digest of our files as they stood on the branch, so that a branch which lost or changed them is noticed. */
  files?: string
  /**
   * The commit that holds our files, where it is made before the text is written: a branch that still stands there needs
   * no look at its files.
   */
  commit?: string
  /** Which of several deployments it is. */
  order?: PullRequestOrder
  /** The branch asked for, where another had to be taken. */
  branch?: string
  /** Set while labels, reviewers and the like are still to come: an interrupted run is then finished by the next. */
  pending?: 'created' | 'updated'
}

/**
 * How a forge lets us hide something in Markdown.
 * - `comment`: an HTML comment. GitHub and GitLab keep it in the text and leave it out of the page.
 * - `link`: a link without a text, to nowhere. Bitbucket Cloud strips HTML comments; a link of no length shows nothing.
 *   What it says is base64, so that nothing in it can be read as Markdown, nor be escaped by an editor.
 */
export type MarkerStyle = 'comment' | 'link'

/** Characters, and bytes, of a body that are kept for the marker. */
export const MARKER_ROOM = 1024
/** Characters of an identity. */
export const MAX_IDENTITY = 200

const OPENING = { comment: '<!-- pullwright:', link: '[](#pullwright:' } as const
const CLOSING = { comment: '-->', link: ')' } as const

/** The body with the marker at its end. */
export function writeMarker(body: string, marker: Marker, style: MarkerStyle = 'comment'): string {
  return `${body.trimEnd()}\n\n${markerText(marker, style)}`
}

/**
 * The last marker of a body, in whichever style: ours is written last, so one that came with somebody's text does not
 * count. Null where there is none, or none of ours.
 */
export function readMarker(body: string): Marker | null {
  const at = { comment: body.lastIndexOf(OPENING.comment), link: body.lastIndexOf(OPENING.link) }
  const style: MarkerStyle = at.link > at.comment ? 'link' : 'comment'
  const start = at[style]
  const end = body.indexOf(CLOSING[style], start)
  if (start < 0 || end < 0) return null
  const written = body.slice(start + OPENING[style].length, end)
  try {
    return toMarker(JSON.parse(style === 'link' ? Buffer.from(written, 'base64').toString('utf8') : written))
  } catch {
    return null
  }
}

export function markerText(marker: Marker, style: MarkerStyle): string {
  const json = JSON.stringify({ v: 1, ...marker })
  if (style === 'comment') return `${OPENING.comment}${json.replace(/[<>]|(?<=-)-/g, escaped)} ${CLOSING.comment}`
  return `${OPENING.link}${Buffer.from(json).toString('base64').replace(/=+$/, '')}${CLOSING.link}`
}

function toMarker(value: unknown): Marker | null {
  if (typeof value !== 'object' || value === null) return null
  const { v, kind, identity, files, commit, order, branch, pending } = value as Record<string, unknown>
  if (v !== 1 || (kind !== 'document' && kind !== 'propose') || typeof identity !== 'string') return null
  return {
    kind,
    identity,
    ...(typeof files === 'string' ? { files } : {}),
    ...(typeof commit === 'string' ? { commit } : {}),
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
