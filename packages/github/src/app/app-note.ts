import type { JsonObject, PluginContext } from '@pullwright/core'

/** Who did it, and for which project. */
export interface Doer {
  project: string
  subject: string
}

/** One step of setting the App up or installing it, as it ended, for the audit log. */
export async function noteApp(
  { audit }: PluginContext,
  { project, subject }: Doer,
  step: { action: 'github-app.set-up' | 'github-app.install'; target: string; result: 'ok' | 'failed' },
  details: JsonObject,
): Promise<void> {
  await audit.record({ project, actor: subject, ...step, details: { vcs: 'github', ...details } })
}
