import type { Audit } from '../audit/audit.ts'
import { PullwrightError } from '../errors.ts'
import { OPERATIONS } from '../http-api/operations.ts'
import { CAPABILITIES, type Capability } from '../ports/caller.ts'

/** Whom an instance is bound to, as far as it decides what they may do. */
export interface Held {
  subject?: string | undefined
  /** Absent where the host said nothing. */
  capabilities?: readonly Capability[] | undefined
}

export interface Access {
  /** Throws `forbidden` where the capability is not held; the refusal is noted in the audit log, but for reading. */
  need(capability: Capability, doing: string): Promise<void>
}

/**
 * The one check of what a caller may do, over HTTP and inside. The host itself, which names no subject, may do all. A
 * subject may do what their capabilities say; where none were said, all but configure integrations: whoever points a
 * project at a repository decides where its configurations go, so that wants `manage` by name.
 */
export function createAccess(held: Held, audit: Pick<Audit, 'record'>): Access {
  return {
    async need(capability, doing) {
      if (holds(held, capability, doing)) return
      if (capability !== 'view') {
        await audit.record({
          action: 'access.refused',
          target: doing,
          result: 'failed',
          details: { needs: capability, has: held.capabilities === undefined ? null : [...held.capabilities] },
        })
      }
      throw new PullwrightError('forbidden', adviceFor(held, capability, doing))
    },
  }
}

/** What a bound instance may do once it is bound again: less, never more. */
export function narrowed(held: Held, asked: readonly Capability[] | undefined): readonly Capability[] | undefined {
  if (asked === undefined) return held.capabilities
  if (!Array.isArray(asked) || !asked.every((one) => CAPABILITIES.includes(one))) {
    const known = CAPABILITIES.join(', ')
    throw new PullwrightError('invalid-argument', `\`capabilities\` must be a list of these: ${known}`)
  }
  if (held.capabilities !== undefined) return asked.filter((one) => held.capabilities?.includes(one))
  if (held.subject === undefined) return [...asked]
  throw new PullwrightError(
    'forbidden',
    'This Pullwright is bound to a subject without capabilities; say them where the subject is named: ' +
      'as({ project, subject, capabilities })',
  )
}

/** The same calls, each after the check that its operation of the admin API has; reading is not asked about. */
export function withAccess<T extends object>(area: string, surface: T, access: Access): T {
  const calls = Object.entries(surface).map(([name, call]) => {
    const doing = `${area}.${name}`
    const capability = capabilityFor(doing)
    if (capability === null) return [name, call]
    const checked = async (...args: unknown[]) => {
      await access.need(capability, doing)
      return (call as (...given: unknown[]) => unknown)(...args)
    }
    return [name, checked]
  })
  return Object.fromEntries(calls) as T
}

/** What no operation of the admin API does. */
const INSIDE: Readonly<Record<string, Capability>> = {
  'privacy.forget': 'manage',
  'privacy.export': 'manage',
  'privacy.reveal': 'manage',
}

function capabilityFor(doing: string): Capability | null {
  const operations: Readonly<Record<string, { access: Capability | 'public' }>> = OPERATIONS
  const access = operations[doing]?.access ?? INSIDE[doing]
  return access === undefined || access === 'public' || access === 'view' ? null : access
}

function holds({ subject, capabilities }: Held, capability: Capability, doing: string): boolean {
  if (capabilities !== undefined) return capabilities.includes(capability)
  return subject === undefined || !doing.startsWith('integrations.')
}

function adviceFor({ subject, capabilities }: Held, capability: Capability, doing: string): string {
  const who = subject === undefined ? 'This Pullwright' : JSON.stringify(subject)
  const why = capabilities === undefined ? 'none were said' : `it has ${capabilities.join(', ') || 'none'}`
  return (
    `${who} may not do ${doing}: this needs the capability \`${capability}\`, and ${why}. The host grants it: ` +
    `\`${capability}\` among the \`capabilities\` of as({ project, subject, capabilities }), or of what \`authorize\` answers.`
  )
}
