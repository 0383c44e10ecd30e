import { VcsError } from '../errors.ts'
import type { CommentSpec } from '../ports/vcs.ts'
import type { MarkerStyle } from './marker.ts'

/** The text of a comment with its own name hidden at its end. Refuses a name that could not be hidden. */
export function writeComment({ marker, body }: CommentSpec, style: MarkerStyle = 'comment'): string {
  if (!/^[A-Za-z0-9:_/.-]{1,200}$/.test(marker)) {
    throw new VcsError('invalid', 'A comment marker is 1 to 200 letters, digits or any of :_/.-')
  }
  return `${body.trimEnd()}\n\n${commentMarker(marker, style)}`
}

/** Hides a comment's own name in it. */
export function commentMarker(name: string, style: MarkerStyle = 'comment'): string {
  return style === 'comment' ? `<!-- pullwright-comment:${name} -->` : `[](#pullwright-comment:${name})`
}

/** Whether a comment carries this name, in whichever style. Who wrote it is another question, and must be asked too. */
export function hasCommentMarker(body: string, name: string): boolean {
  return body.includes(commentMarker(name, 'comment')) || body.includes(commentMarker(name, 'link'))
}
