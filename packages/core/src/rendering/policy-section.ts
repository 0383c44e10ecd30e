import type { PolicyResult } from '../ports/policy.ts'
import { prose } from './prose.ts'

const MARKS = { block: '⛔', warn: '⚠️', pass: '✅' } as const
/** What needs a person first comes first. */
const ORDER = ['block', 'warn', 'pass'] as const

/** The section `## Policies`: what blocks first, each with its reason. Empty where there are none. */
export function renderPolicies(results: readonly PolicyResult[]): string {
  if (results.length === 0) return ''
  const sorted = ORDER.flatMap((verdict) => results.filter((result) => result.verdict === verdict))
  return `## Policies\n\n${sorted.map(line).join('\n')}`
}

function line({ verdict, title, reason }: PolicyResult): string {
  const said = reason === '' ? '' : `: ${prose(reason)}`
  return `- ${MARKS[verdict]} ${verdict === 'block' ? `**${prose(title)}**` : prose(title)}${said}`
}
