import type { Change, ConfigDiff } from '../config-diff/change.ts'
import { diffConfig } from '../config-diff/diff-config.ts'
import type { Redactor } from '../redaction/redactor.ts'
import type { ChangeList } from './change-view.ts'
import { fromPayload } from './from-payload.ts'
import type { RenderableDeployment } from './renderable-deployment.ts'
import { viewsOf } from './views-of.ts'

/** Whichever way the deployment tells what changed. All values pass the redactor, whether they came redacted or not. */
export function readChanges(deployment: RenderableDeployment, redactor: Redactor): ChangeList {
  const { config_diff, config, previous_config, removed } = deployment
  const sides = { before: previous_config ?? undefined, after: config ?? undefined }
  if (typeof config_diff === 'object' && config_diff !== null) {
    const diff = isDiff(config_diff) ? config_diff : fromPayload(config_diff)
    const gone = removed === true || config === null || diff.result !== undefined
    return { ...shown(redactor.diff(diff).changes), known: true, removed: gone }
  }
  if (config === undefined && previous_config === undefined) {
    return { views: [], total: 0, known: false, removed: removed === true }
  }
  const { before, after } = sides
  const diff = redactor.diff(diffConfig(before, after), { before, after })
  const gone = removed === true || (after === undefined && before !== undefined)
  return { ...shown(diff.changes), known: true, removed: gone }

  function shown(changes: readonly Change[]): Pick<ChangeList, 'views' | 'total'> {
    return { views: viewsOf(changes, sides, (text) => redactor.text(text)), total: changes.length }
  }
}

function isDiff(value: object): value is ConfigDiff {
  return 'changes' in value && Array.isArray(value.changes)
}
