import type { NewTask } from '@pullwright/core'

/** A target as one text, so that all that waits for it stands together in an index. */
export function targetText(target: NewTask['target']): string {
  return target.kind === 'endpoint' ? ENDPOINT + target.endpointId : HANDLER + target.handler
}

export function targetOf(text: string): NewTask['target'] {
  const name = text.slice(2)
  return text.startsWith(ENDPOINT) ? { kind: 'endpoint', endpointId: name } : { kind: 'handler', handler: name }
}

const ENDPOINT = 'e:'
const HANDLER = 'h:'

/** Texts of this kind of target stand between these two. */
export const KIND_BOUNDS: Readonly<Record<'endpoint' | 'handler', readonly [string, string]>> = {
  endpoint: [ENDPOINT, 'e;'],
  handler: [HANDLER, 'h;'],
}
