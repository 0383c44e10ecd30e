import { canonicalJson } from '../json.ts'
import type { AuditEntry } from '../ports/store.ts'

/** One JSON object a line, with all that `verifyAudit` needs; the empty text without entries. */
export function auditToJsonLines(entries: readonly AuditEntry[]): string {
  return entries.map((entry) => `${canonicalJson({ ...entry })}\n`).join('')
}

/** For spreadsheets: RFC 4180 with a header line. Times are ISO 8601 in UTC. */
export function auditToCsv(entries: readonly AuditEntry[]): string {
  const names = COLUMNS.map(([name]) => name)
  const lines = entries.map((entry) => COLUMNS.map(([, read]) => toCell(read(entry))))
  return [names, ...lines].map((cells) => `${cells.join(',')}\r\n`).join('')
}

const COLUMNS: readonly (readonly [name: string, read: (entry: AuditEntry) => string])[] = [
  ['sequence', (entry) => String(entry.sequence)],
  ['time', (entry) => new Date(entry.at).toISOString()],
  ['project', (entry) => entry.project],
  ['actor', (entry) => entry.actor ?? ''],
  ['action', (entry) => entry.action],
  ['target', (entry) => entry.target],
  ['result', (entry) => entry.result],
  ['details', (entry) => (entry.details === null ? '' : canonicalJson(entry.details))],
  ['previous_hash', (entry) => entry.previousHash],
  ['hash', (entry) => entry.hash],
]

/** Starts of cells that spreadsheets run as formulas (OWASP, CSV Injection), with and without leading white space. */
const FORMULA = /^\s*[=+\-@\t\r\n＝＋－＠]|^[\t\r\n]/

function toCell(text: string): string {
  const harmless = FORMULA.test(text) ? `'${text}` : text
  return /[",\r\n']/.test(harmless) ? `"${harmless.replaceAll('"', '""')}"` : harmless
}
