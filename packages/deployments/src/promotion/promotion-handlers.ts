import type { Handler } from '@pullwright/core'
import { keyed } from '../keyed.ts'
import type { PublishOptions } from '../publish.ts'
import { passGate, wakeGate } from './pass-gate.ts'
import { promote } from './promote.ts'

/** What pipelines add to the flow. */
export function promotionHandlers(options: PublishOptions): Readonly<Record<string, Handler>> {
  return {
    promote: {
      on: ['environment.deployed', 'deployment.succeeded'],
      key: ['project', 'data.app_name', 'data.environment'],
      needs: ['config'],
      run: (context) => promote(context, options.pipelines),
    },
    gate: {
      on: ['pull_request.opened', 'pull_request.updated'],
      key: ['project', 'data.vcs', 'data.repository', 'data.number'],
      supersede: true,
      run: (context) => passGate(context, keyed(options, context)),
    },
    wake: {
      on: ['pull_request.labeled', 'pull_request.reviewed'],
      run: (context) => wakeGate(context),
    },
  }
}
