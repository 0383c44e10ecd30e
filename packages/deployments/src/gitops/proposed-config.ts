import { isDeepStrictEqual } from 'node:util'
import type { HandlerContext } from '@pullwright/core'
import { routeRedactor } from '../route-redactor.ts'
import { shownConfig } from '../shown.ts'
import type { RequestedFile } from './requested-files.ts'

/**
 * Why a merged proposal is not what the host proposed; null where it is, or where the proposal is not on record any more.
 * Its revision would be deployed as it is in the host: an edit of the file would be lost without a word.
 */
export async function editOfProposal(
  context: HandlerContext,
  { file, compiled }: RequestedFile,
): Promise<string | null> {
  const attributes = { app: file.app, environment: file.environment, revision: String(file.revision) }
  const proposals = await context.events({ types: ['deployment.proposed'], attributes })
  const recorded = proposals.flatMap(({ kept }) => (kept.config === undefined ? [] : [kept.config]))
  if (recorded.length === 0) return null
  const redactor = routeRedactor(compiled.route, undefined)
  const same = recorded.some((config) => {
    return isDeepStrictEqual(shownConfig(redactor.value(config), compiled.route), file.config)
  })
  if (same) return null
  return `its file is not what revision ${file.revision} was proposed with: make the edit a revision of the host's`
}
