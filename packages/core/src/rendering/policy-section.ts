import type { PolicyResult } from '../ports/policy.ts'
import type { Redactor } from '../redaction/redactor.ts'
import { prose } from './prose.ts'

const MARKS = { block: '⛔', warn: '⚠️', pass: '✅' } as const
/** What needs a person first comes first. */
const ORDER = ['block', 'warn', 'pass'] as const

/** The section `## Policies`: what blocks first, each with its reason. A reason may quote the configuration. Empty where there are none. */
export function renderPolicies(results: readonly PolicyResult[], redactor: Redactor): string {
  if (results.length === 0) return ''
  const sorted = ORDER.flatMap((verdict) => results.filter((result) => result.verdict === verdict))
  const shown = sorted.map(({ title, reason, ...result }) =>
    line({ ...result, title: redactor.text(title), reason: redactor.text(reason) }),
  )
  return `## Policies\n\n${shown.join('\n')}`
}

function line({ verdict, title, reason }: PolicyResult): string {
  const said = reason === '' ? '' : `: ${prose(reason)}`
  return `- ${MARKS[verdict]} ${verdict === 'block' ? `**${prose(title)}**` : prose(title)}${said}`
}
