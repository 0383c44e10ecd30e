import { createPullwright, type Pullwright } from '@pullwright/core'
import { deploymentPullRequests } from '@pullwright/deployments'
import { postgres } from '@pullwright/postgres'
import type pg from 'pg'
import type { Forge } from './forge.ts'

/** Pullwright in our own database, on our own pool. */
export function embed(pool: pg.Pool, schema: string, key: string, forge: Forge): Pullwright {
  return createPullwright({
    store: postgres({ pool }, { schema }),
    key,
    vcs: [forge.vcs],
    plugins: [
      deploymentPullRequests({
        routes: [
          {
            vcs: 'github',
            repository: forge.repository,
            when: { environment: 'production' },
            path: 'deployments/{{project}}/{{app}}/{{environment}}.json',
            branch: 'deployments/{{project}}/{{app}}/{{environment}}',
          },
        ],
      }),
    ],
    // For the receiver on this machine. Leave this line out, and only https to public addresses is sent to.
    egress: { allowHttp: true, allow: ['127.0.0.1'] },
  })
}
