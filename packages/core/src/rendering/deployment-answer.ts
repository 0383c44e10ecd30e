import { createRedactor, type Redactor } from '../redaction/redactor.ts'
import { plainText } from './plain-text.ts'
import { fact, prose, quote } from './prose.ts'
import { shorten, singleLine } from './visible-text.ts'

const MARKS: Readonly<Record<string, [mark: string, verb: string]>> = {
  'deployment.succeeded': ['✅', 'is deployed'],
  'deployment.failed': ['❌', 'could not be deployed'],
  'deployment.blocked': ['⛔', 'was not deployed'],
  'gate.waiting': ['⏳', 'waits at the gate'],
  'gate.passed': ['✅', 'has passed the gate'],
}
const TITLE_LIMIT = 200
const MAX_FACT = 200
const MAX_MESSAGE = 4_000

/**
 * What became of what a pull request asked for, by the event's type and data (`gate.waiting` and `gate.passed` for what a
 * pipeline holds): a plain title and a Markdown body. Safe on every forge, without secrets.
 */
export function renderDeploymentAnswer(
  data: Readonly<Record<string, unknown>>,
  type: string,
  { redactor = createRedactor() }: { redactor?: Redactor } = {},
): { title: string; body: string } {
  const [mark, verb] = MARKS[type] ?? ['', 'was asked for']
  const shown = (value: unknown) => shorten(redactor.text(String(value)), MAX_FACT)
  const revision = data.revision === undefined || data.revision === null ? '' : ` revision ${shown(data.revision)}`
  const what = `${shown(data.app_name)}${revision}`
  const environment = shown(data.environment)
  const said = redactor.text(String(data.reason ?? data.message ?? ''))
  const by = typeof data.requested_by === 'string' ? `\n\nAsked for by ${prose(shown(data.requested_by))}.` : ''
  const reason = said.trim() === '' ? '' : `\n\n${quote(shorten(said, MAX_MESSAGE))}`
  return {
    title: shorten(singleLine(plainText(`${what} ${verb} to ${environment}`)), TITLE_LIMIT),
    body: `${mark} **${fact(what)}** ${verb} to **${fact(environment)}**${reason}${by}`,
  }
}
