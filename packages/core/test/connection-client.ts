import { createClient } from '../src/client/index.ts'
import { createPullwright, createPullwrightHandler, generateKey, memoryStore, type Vcs } from '../src/index.ts'

const log = () => undefined

/** Integrations as a tenant calls them over the admin API, of a Pullwright with this adapter. */
export function connectionClient(vcs: Vcs) {
  const pullwright = createPullwright({
    ...{ store: memoryStore(), key: generateKey(), vcs: [vcs] },
    ...{ egress: { allowHttp: true, allow: ['127.0.0.1'] }, logger: { debug: log, info: log, warn: log, error: log } },
  })
  const authorize = () => ({ subject: 'jane', project: 'acme', capabilities: ['view', 'manage'] as const })
  const handler = createPullwrightHandler(pullwright, { authorize })
  const { integrations } = createClient({
    baseUrl: 'https://host.example',
    fetch: (url, init) => handler(new Request(url, init)),
  })
  return { integrations, stop: () => pullwright.stop() }
}
