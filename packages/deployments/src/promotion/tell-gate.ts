import { type HandlerContext, type JsonObject, renderDeploymentAnswer } from '@pullwright/core'
import type { PublishOptions } from '../publish.ts'
import { recordKey } from '../pull-request-record.ts'
import { refusal } from '../report.ts'
import { routeRedactor } from '../route-redactor.ts'
import type { AtGate } from './gate-reason.ts'

/**
 * One comment says what a proposal waits for, and in the end that it waits no more; quiet where nothing changed, and where
 * there was nothing to wait for. `null`: the gate let it pass.
 */
export async function tellGate(
  context: HandlerContext,
  { pseudonymKey }: PublishOptions,
  { vcs, record, route, proposal }: AtGate,
  reason: string | null,
): Promise<void> {
  const { repository, number, routed } = record
  const key = `gate:${recordKey(routed.vcs, repository, number)}`
  const { revision = null } = proposal.data as JsonObject
  const told = JSON.stringify([revision, reason])
  const known = await context.documents.get(key)
  if (known?.value === told || (known === null && reason === null)) return
  const { app_name, environment } = routed
  const type = reason === null ? 'gate.passed' : 'gate.waiting'
  const redactor = routeRedactor(route, pseudonymKey)
  const { body } = renderDeploymentAnswer({ app_name, environment, revision, reason }, type, { redactor })
  try {
    await vcs.upsertComment({ repository, number }, { marker: 'gate', body }, { signal: context.signal })
  } catch (error) {
    refusal(context, 'say what a proposal waits for', error)
  }
  await context.documents.put(key, told)
}
