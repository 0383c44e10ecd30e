import { createRedactor, type Redactor } from '../redaction/redactor.ts'
import { plainText } from './plain-text.ts'
import { fact, quote } from './prose.ts'
import { shorten, singleLine } from './visible-text.ts'

/** The data of a recorded `deployment.failed`. */
export interface FailedDeployment {
  app_name: string
  environment: string
  revision?: string | number | null
  deployment_id?: string | null
  message?: string | null
  [other: string]: unknown
}

const TITLE_LIMIT = 200
const MAX_MESSAGE = 4_000
const MAX_FACT = 200

/** Title and body of the issue about a deployment that failed before it ran. Safe on every forge, without secrets. */
export function renderFailedDeployment(
  data: FailedDeployment,
  { redactor = createRedactor() }: { redactor?: Redactor } = {},
): { title: string; body: string } {
  const shown = (value: unknown) => shorten(redactor.text(String(value)), MAX_FACT)
  const rows: [name: string, value: unknown][] = [
    ['Application', data.app_name],
    ['Environment', data.environment],
    ['Revision', data.revision],
    ['Deployment ID', data.deployment_id],
  ]
  const lines = rows
    .filter(([, value]) => value !== undefined && value !== null && value !== '')
    .map(([name, value]) => `**${name}**: ${fact(shown(value))}`)
  const message = redactor.text(data.message ?? '')
  const said = message.trim() === '' ? 'The host gave no reason.' : quote(shorten(message, MAX_MESSAGE))
  const title = `Deployment of ${shown(data.app_name)} to ${shown(data.environment)} failed`
  return {
    title: shorten(singleLine(plainText(title)), TITLE_LIMIT),
    body: `${lines.join('  \n')}\n\n${said}`,
  }
}
