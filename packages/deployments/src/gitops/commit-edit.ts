import { createHash } from 'node:crypto'
import type { HandlerContext, JsonObject, JsonValue } from '@pullwright/core'
import { applyEdit } from './apply-edit.ts'
import type { Revision } from './gitops-options.ts'
import type { GitOpsParts, MergedFile } from './gitops-parts.ts'
import { shownBy } from './shown-by.ts'

/** A configuration that was edited in Git, as a new revision of the host's. Null where nothing in it was edited. */
export async function commitEdit(
  context: HandlerContext,
  { options }: GitOpsParts,
  merged: MergedFile,
): Promise<{ revision: Revision; from: Revision } | { blocked: string } | null> {
  const { requested, pullRequest, actor } = merged
  const { file, before, compiled } = requested
  const place = { project: context.event.project, app: file.app, environment: file.environment }
  const call = { signal: context.signal }
  const { readConfig, commitRevision, pseudonymKey } = options
  if (!readConfig || !commitRevision) {
    return { blocked: 'files edited in Git need `readConfig` and `commitRevision` in gitops({ … })' }
  }
  const current = await readConfig(place, call)
  if (current === null) return { blocked: `nothing runs in ${place.environment} that the edit could be applied to` }
  const expected =
    String(current.revision) === String(file.revision) || (await cameFromFile(context, merged, current.revision))
  if (!expected) {
    return {
      blocked: `revision ${current.revision} runs by now, and the file was edited from ${file.revision}: edit it anew`,
    }
  }
  const applied = applyEdit(current.config, file.config, {
    shownOf: shownBy(context, compiled.route, pseudonymKey),
    pseudonyms: compiled.route.pseudonymise ?? false,
    ...(before === null ? {} : { before: before.config }),
  })
  if ('blocked' in applied) return applied
  if (!applied.changed) return null
  const idempotencyKey = keyOf(context, requested.path)
  const revision = await context.step<JsonValue>(`commit ${requested.path}`, async () => {
    const made = await commitRevision(
      {
        ...place,
        variant: file.variant,
        baseRevision: current.revision,
        config: applied.config,
        message: pullRequest.title,
        author: actor,
        idempotencyKey,
      },
      call,
    )
    return made.revision
  })
  return { revision: revision as Revision, from: current.revision }
}

/** An edit before this one made what runs, and left the file's own revision as it was. */
async function cameFromFile(
  context: HandlerContext,
  { requested: { file, path }, vcs, repository }: MergedFile,
  current: Revision,
): Promise<boolean> {
  const attributes = { app: file.app, environment: file.environment, revision: String(current) }
  const requests = await context.events({ types: ['deployment.requested'], attributes })
  return requests.some(({ data }) => isEditOf(data as JsonObject, { vcs, repository, path, revision: file.revision }))
}

/** Whether a request made its revision from this file, which names the revision before it. */
export function isEditOf(
  { pull_request: from, edited }: JsonObject,
  { vcs, repository, path, revision }: { vcs: string; repository: string; path: string; revision: Revision },
): boolean {
  const [link, edit] = [(from ?? {}) as JsonObject, (edited ?? {}) as JsonObject]
  if (link.vcs !== vcs || String(link.repository).toLowerCase() !== repository.toLowerCase()) return false
  return edit.path === path && String(edit.revision) === String(revision)
}

/** One for each merge and file: the host's revision is made once, however often the task runs. */
function keyOf({ event }: HandlerContext, path: string): string {
  return createHash('sha256')
    .update(JSON.stringify([event.id, path]))
    .digest('hex')
    .slice(0, 32)
}
