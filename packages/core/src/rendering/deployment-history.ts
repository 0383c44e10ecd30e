import { createRedactor, type Redactor } from '../redaction/redactor.ts'
import { codeSpan } from './code.ts'
import { fact } from './prose.ts'
import { shorten } from './visible-text.ts'

export interface HistoryEntry {
  variant: string
  revision: string | number
  by: string
  /** Milliseconds since the epoch. */
  at: number
  status: 'proposed' | 'live' | 'succeeded' | 'failed' | 'rolled_back'
  /** What the host said of its end. */
  message: string | null
}

const SHOWN = 20
const MAX_CELL = 120
const STATUS = {
  proposed: '📝 proposed',
  live: '🚀 live',
  succeeded: '✅ succeeded',
  failed: '❌ failed',
  rolled_back: '↩️ rolled back',
} as const

/** Markdown of the deployments that a pull request documents, newest first; given oldest first. Safe on every forge. */
export function renderDeploymentHistory(
  entries: readonly HistoryEntry[],
  { redactor = createRedactor() }: { redactor?: Redactor } = {},
): string {
  const newest = entries.toReversed()
  const rows = newest.slice(0, SHOWN).map(({ variant, revision, by, at, status, message }) => {
    const said = message === null || message === '' ? STATUS[status] : `${STATUS[status]}: ${cell(message, redactor)}`
    return `| ${cell(String(revision), redactor)} | ${cell(variant, redactor)} | ${cell(by, redactor)} | ${timeOf(at)} | ${said} |`
  })
  const more = newest.length > SHOWN ? `\n\n*and ${newest.length - SHOWN} earlier*` : ''
  const head = ['| Revision | Variant | Deployed by | When | State |', '| --- | --- | --- | --- | --- |']
  return `## Deployments\n\n${[...head, ...rows].join('\n')}${more}`
}

/** A bar would end the cell, also inside of code. */
function cell(text: string, redactor: Redactor): string {
  const shown = shorten(redactor.text(text), MAX_CELL)
  if (shown.trim() === '') return ''
  return shown.includes('|') ? codeSpan(shown).replaceAll('|', '\\u007c') : fact(shown)
}

function timeOf(at: number): string {
  return `${new Date(at).toISOString().slice(0, 16).replace('T', ' ')} UTC`
}
