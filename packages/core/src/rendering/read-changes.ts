import type { ConfigDiff } from '../config-diff/change.ts'
import { diffConfig } from '../config-diff/diff-config.ts'
import type { DiffContext } from '../redaction/redact-diff.ts'
import type { Redactor } from '../redaction/redactor.ts'
import type { ChangeList } from './change-view.ts'
import { fromPayload } from './from-payload.ts'
import { mostImportant } from './most-important.ts'
import { createParameterFinder } from './parameters.ts'
import type { RenderableDeployment } from './renderable-deployment.ts'
import { viewsOf } from './views-of.ts'

/** Whichever way the deployment tells what changed. All values pass the redactor, whether they came redacted or not. */
export function readChanges(deployment: RenderableDeployment, redactor: Redactor): ChangeList {
  const { config_diff, config, previous_config, removed } = deployment
  const sides = { before: previous_config ?? undefined, after: config ?? undefined }
  if (typeof config_diff === 'object' && config_diff !== null) {
    const diff = isDiff(config_diff) ? config_diff : fromPayload(config_diff)
    const gone = removed === true || config === null || diff.result !== undefined
    return { ...shown(diff), known: true, removed: gone }
  }
  if (config === undefined && previous_config === undefined) {
    return { views: [], rest: [], total: 0, known: false, removed: removed === true }
  }
  const { before, after } = sides
  const diff = diffConfig(before, after, { text: false })
  const gone = removed === true || (after === undefined && before !== undefined)
  return { ...shown(diff, sides), known: true, removed: gone }

  /** Only what may be shown is redacted: nothing else leaves here but counts. */
  function shown(diff: ConfigDiff, context?: DiffContext): Pick<ChangeList, 'views' | 'rest' | 'total'> {
    const parameterAt = createParameterFinder()
    const { kept, rest } = mostImportant(diff.changes, parameterAt)
    const { changes } = redactor.diff({ equal: false, changes: [...kept] }, context)
    const views = viewsOf(changes, { sides, hide: (text) => redactor.text(text), parameterAt })
    return { views, rest, total: diff.changes.length }
  }
}

function isDiff(value: object): value is ConfigDiff {
  return 'changes' in value && Array.isArray(value.changes)
}
