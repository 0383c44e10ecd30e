import type { Audit } from '../audit/audit.ts'
import { isPullwrightError, PullwrightError } from '../errors.ts'
import { OPERATIONS } from '../http-api/operations.ts'
import { CAPABILITIES, type Capability } from '../ports/caller.ts'

/** Whom an instance is bound to, as far as it decides what they may do. */
export interface Held {
  subject?: string | undefined
  /** Absent where the host said nothing. */
  capabilities?: readonly Capability[] | undefined
}

/** Ids are short; what somebody gives for one may not be. */
const LONGEST_TARGET = 200

export interface Access {
  /** Throws `forbidden` where the capability is not held; the refusal is noted in the audit log, but for reading. */
  need(capability: Capability, doing: string): Promise<void>
  /** Notes a change that was allowed and came to nothing. Throws nothing: the change's own error is what counts. */
  failed(doing: string, on: unknown, error: unknown): Promise<void>
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
    async failed(doing, on, error) {
      // A guess at what is not there, or is another tenant's, acted on nothing.
      if (isPullwrightError(error) && error.code === 'not-found') return
      // The code alone: a message may repeat what was sent.
      const details = { error: isPullwrightError(error) ? error.code : 'unexpected' }
      const note = { action: actionOf(doing), result: 'failed', details, ...targetOf(doing, on) } as const
      await audit.record(note).catch(() => undefined)
    },
  }
}

/** As the change is noted where it is made: `endpoints.rotateSecret` is `endpoint.rotate-secret`. */
function actionOf(doing: string): string {
  const [area = '', call = ''] = doing.split('.')
  const one = area.replace(/ies$/, 'y').replace(/s$/, '')
  return `${one}.${call.replace(/[A-Z]/g, (letter) => `-${letter.toLowerCase()}`)}`
}

/** An id, or what a draft is for; nothing else that was given, which may be secret. */
function targetOf(doing: string, on: unknown): { target: string; project?: string } {
  if (typeof on === 'string') return { target: on.slice(0, LONGEST_TARGET) }
  const { project, repository } = (on ?? {}) as { project?: unknown; repository?: unknown }
  return {
    target: typeof repository === 'string' ? repository.slice(0, LONGEST_TARGET) : doing,
    ...(typeof project === 'string' && project !== '' && project !== '*' ? { project } : {}),
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
      try {
        return await (call as (...given: unknown[]) => unknown)(...args)
      } catch (error) {
        await access.failed(doing, args[0], error)
        throw error
      }
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
