import { createHmac } from 'node:crypto'
import type { PreparedEvent } from '../events/event.ts'
import { createRedactor, type Redactor } from '../redaction/redactor.ts'

/** Projects whose redactors are kept. */
const MOST = 200

/** Keys a project's pseudonyms: nobody follows a person from one project to another. */
export function pseudonymKey(hashKey: Buffer, project: string): string {
  return createHmac('sha256', hashKey).update(`pseudonyms:${project}`).digest('hex')
}

/** Puts names in place of e-mail addresses, and hides nothing else: what is recorded is redacted already. */
export function pseudonymiser(key: string): Redactor {
  return createRedactor({ keys: { only: [] }, detectors: false, pseudonymise: { key } })
}

/** Events as endpoints with `payload.pseudonymise` get them: every address in data and configurations under another name. */
export function createEventPseudonyms(): (event: PreparedEvent, hashKey: Buffer) => PreparedEvent {
  const known = new Map<string, Redactor>()
  return (event, hashKey) => {
    const { project, data, kept } = event
    const redactor = known.get(project) ?? pseudonymiser(pseudonymKey(hashKey, project))
    if (known.size >= MOST) known.clear()
    known.set(project, redactor)
    return { ...event, data: redactor.value(data), kept: redactor.value(kept) }
  }
}
