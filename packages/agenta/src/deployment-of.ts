import type { JsonObject, JsonValue } from '@pullwright/core'
import type { FetchedRevision } from './agenta-answer.ts'
import type { Change, Committed } from './committed-event.ts'
import type { LinkTo } from './links.ts'

/** The configurations on both sides of a change. `undefined`: Agenta no longer has it. `null`: there was none. */
export interface ChangedRevisions {
  old: FetchedRevision | null | undefined
  new: FetchedRevision | null
}

/** The data of an `environment.deployed`: one application changed in one environment. */
export function deploymentOf(commit: Committed, change: Change, found: ChangedRevisions, linkTo: LinkTo): JsonObject {
  const now = change.new ?? change.old
  const fetched = found.new ?? found.old
  const variant = now?.variant.slug ?? fetched?.variant ?? now?.variant.id ?? fetched?.variant_id ?? change.app
  const version = now?.revision.version ?? fetched?.version ?? now?.revision.slug ?? now?.revision.id ?? 'unknown'
  const before = change.old === null ? undefined : (change.old.revision.version ?? found.old?.version ?? undefined)
  const message = commit.commit_message ?? found.new?.message ?? undefined
  const names = {
    app_id: now?.application.id ?? fetched?.app_id ?? undefined,
    app_name: change.app,
    variant_id: now?.variant.id ?? fetched?.variant_id ?? undefined,
    variant_name: variant,
    environment: commit.environment,
    revision: versionNumber(version),
  }
  return withoutUndefined({
    ...names,
    previous_revision: before === undefined ? undefined : versionNumber(before),
    commit_message: message,
    deployed_by: commit.deployed_by ?? (found.new?.author ? { user_id: found.new.author } : 'unknown'),
    deployment_id: commit.event_id,
    config: found.new === null ? null : found.new.parameters,
    previous_config: found.old === undefined ? undefined : (found.old?.parameters ?? null),
    url: linkTo({ ...names, revision_id: now?.revision.id, agenta_project_id: commit.agenta_project_id ?? undefined }),
  })
}

/** Agenta writes versions as text; what is a whole number becomes one. */
function versionNumber(version: string): number | string {
  const number = Number(version)
  return /^(0|[1-9]\d*)$/.test(version) && Number.isSafeInteger(number) ? number : version
}

function withoutUndefined(members: Record<string, JsonValue | undefined>): JsonObject {
  const entries = Object.entries(members).filter((entry): entry is [string, JsonValue] => entry[1] !== undefined)
  return Object.fromEntries(entries)
}
