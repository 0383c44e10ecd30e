import { isDeepStrictEqual } from 'node:util'
import type { HandlerContext } from '@pullwright/core'
import type { RequestedFile } from './requested-files.ts'
import { shownBy } from './shown-by.ts'

/**
 * Why a merged proposal is not what the host proposed; null where it is, or where the proposal is not on record any more.
 * Its revision would be deployed as it is in the host: an edit of the file would be lost without a word.
 */
export async function editOfProposal(
  context: HandlerContext,
  { file, compiled }: RequestedFile,
  pseudonymKey: string | undefined,
): Promise<string | null> {
  const attributes = { app: file.app, environment: file.environment, revision: String(file.revision) }
  const proposals = await context.events({ types: ['deployment.proposed'], attributes })
  const recorded = proposals.flatMap(({ kept }) => (kept.config === undefined ? [] : [kept.config]))
  if (recorded.length === 0) return null
  const shown = shownBy(context, compiled.route, pseudonymKey)
  if (recorded.some((config) => isDeepStrictEqual(shown(config), file.config))) return null
  return `its file is not what revision ${file.revision} was proposed with: make the edit a revision of the host's`
}
