import {
  createPullwright,
  defineSource,
  generateKey,
  type Pullwright,
  type PullwrightHandlerOptions,
} from '@pullwright/core'

export const SECRET = ['a', 'secret', 'of', 'hooks'].join('-')
export const TOKEN = ['a', 'token', 'of', 'admins'].join('-')
export const BASE = '/pullwright'
/** Of a delivery: more than frameworks take by themselves. */
export const LIMIT = 3 * 1024 * 1024

/** What the mounts of the documentation are tried with. */
export function createHost(): Pullwright {
  const notes = defineSource({
    ...{ name: 'notes', scheme: 'github', secrets: SECRET, maxBodyBytes: LIMIT },
    normalise: ({ json }) => ({ type: 'variant.created', data: json }),
  })
  return createPullwright({
    sources: [notes],
    key: generateKey(),
    logger: { debug() {}, info() {}, warn() {}, error() {} },
  })
}

/** Senders are told apart by what the proxy says; one network may not send. */
export const HOOKS: PullwrightHandlerOptions = {
  hooks: { allow: { notes: ['192.0.2.0/24'] } },
  clientAddress: ({ headers }) => headers.get('x-real-ip') ?? '192.0.2.1',
}
