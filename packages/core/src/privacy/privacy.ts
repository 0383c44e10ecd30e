import type { Audit } from '../audit/audit.ts'
import { auditPages } from '../audit/pages.ts'
import { takeOut } from '../audit/take-out.ts'
import { aText, checkFields, oneOf } from '../check-fields.ts'
import { personId } from '../engine/event-facts.ts'
import { checkName, projectOf } from '../engine/names.ts'
import { pseudonymiser, pseudonymKey } from '../engine/pseudonyms.ts'
import { PullwrightError } from '../errors.ts'
import type { EventRecord } from '../events/event.ts'
import type { JsonValue } from '../json.ts'
import type { Clock } from '../ports/clock.ts'
import type { AttemptRecord, AuditEntry, Store, TaskRecord } from '../ports/store.ts'

/** An e-mail address or user id, or both: whatever the host names people by in its events. */
export type PersonName = string | { email?: string; userId?: string; user_id?: string }

export interface PersonExport {
  project: string
  /** ISO 8601, UTC. */
  exportedAt: string
  /** The keyed hashes the person is filed under. */
  people: string[]
  /** Oldest first, each with its tasks and all their attempts. */
  events: (EventRecord & { tasks: (TaskRecord & { history: AttemptRecord[] })[] })[]
  /** What the person did, or what names them, from the audit log. */
  audit: AuditEntry[]
}

export interface Forgotten {
  /** Events that were emptied. */
  events: number
  /** Audit entries that were emptied. */
  auditEntries: number
  /** What of a person is not ours to delete. */
  beyondReach: string[]
}

export interface Privacy {
  /**
   * Empties every event of the project that names the person: data, bodies, results and captures. Ids, types and times
   * stay. Work on these events that has not ended is cancelled. The audit log stays as well, as proof of who did what
   * (GDPR, article 17(3)(b) and (e)); with `audit: 'erase'` its entries that name the person are emptied in their place,
   * and the chain still verifies.
   */
  forget(person: PersonName, options?: { project?: string; audit?: 'keep' | 'erase' }): Promise<Forgotten>
  /**
   * The e-mail address behind a pseudonym that an endpoint or a route of the project was given; null where no event that
   * is kept names it, as after `forget`. Found with the key alone, and noted in the audit log.
   */
  reveal(pseudonym: string, options?: { project?: string }): Promise<string | null>
  /** All that is kept on the person in the project, as plain JSON. */
  export(person: PersonName, options?: { project?: string }): Promise<PersonExport>
}

export interface PrivacyParts {
  store: Pick<Store, 'forget' | 'query' | 'appendAudit' | 'auditKeeping'>
  clock: Clock
  audit: Audit
  hashKey: () => Promise<Buffer>
  project?: string
  subject?: string
}

const PAGE = 200

const BEYOND_REACH = [
  'Deliveries that receivers have taken already',
  'Pull requests, commits and comments in repositories',
  'Backups of the database',
]
const AUDIT_KEPT = "The audit log: its entries prove who did what; `audit: 'erase'` empties them"

export function createPrivacy({ store, clock, audit, hashKey, project: bound, subject }: PrivacyParts): Privacy {
  return {
    async forget(person, options = {}) {
      checkFields('privacy.forget', options, { project: aText, audit: oneOf(['keep', 'erase']) })
      const project = projectOf(options.project, bound)
      const people = await hashesOf(person)
      let events = 0
      for (const one of people) events += await store.forget({ project, person: one, at: clock.now() })
      const erased = options.audit === 'erase' ? await eraseAudit(project, person) : []
      const auditEntries = erased.length
      const details = { events, auditEntries }
      await audit.record({ action: 'privacy.forget', target: people.join(' '), project, details })
      return {
        events,
        auditEntries,
        beyondReach: [...BEYOND_REACH, ...(options.audit === 'erase' ? [] : [AUDIT_KEPT])],
      }
    },

    async reveal(pseudonym, options = {}) {
      checkFields('privacy.reveal', options, { project: aText })
      const project = projectOf(options.project, bound)
      const email = await addressBehind(project, checkName('pseudonym', pseudonym))
      await audit.record({ action: 'privacy.reveal', target: pseudonym, project, details: { found: email !== null } })
      return email
    },

    async export(person, options = {}) {
      checkFields('privacy.export', options, { project: aText })
      const project = projectOf(options.project, bound)
      const people = await hashesOf(person)
      const events = await eventsOf(project, people)
      const entries = await audited(project, person)
      await audit.record({
        action: 'privacy.export',
        target: people.join(' '),
        project,
        details: { events: events.length },
      })
      return { project, exportedAt: new Date(clock.now()).toISOString(), people, events, audit: entries }
    },
  }

  async function addressBehind(project: string, name: string): Promise<string | null> {
    const redactor = pseudonymiser(pseudonymKey(await hashKey(), project))
    for (let after: number | undefined; ; ) {
      const page = await store.query.events({ project, limit: PAGE, ...(after === undefined ? {} : { after }) })
      for (const { data, kept } of page) {
        const met = redactor.valueWithReport([data, kept]).people.find(({ pseudonym }) => pseudonym === name)
        if (met !== undefined) return met.email
      }
      after = page.at(-1)?.sequence
      if (page.length < PAGE) return null
    }
  }

  async function hashesOf(person: PersonName): Promise<string[]> {
    const names = namesOf(person)
    const key = await hashKey()
    return [...new Set(names.map((name) => personId(key, name)))]
  }

  async function eventsOf(project: string, people: readonly string[]): Promise<PersonExport['events']> {
    const found = new Map<string, EventRecord>()
    for (const person of people) {
      for (let after: number | undefined; ; ) {
        const page = await store.query.events({
          project,
          person,
          limit: PAGE,
          ...(after === undefined ? {} : { after }),
        })
        for (const event of page) found.set(event.id, event)
        after = page.at(-1)?.sequence
        if (page.length < PAGE) break
      }
    }
    const oldestFirst = [...found.values()].sort((a, b) => a.sequence - b.sequence)
    const events: PersonExport['events'] = []
    for (const event of oldestFirst) events.push({ ...event, tasks: await tasksOf(event) })
    return events
  }

  async function tasksOf({ id, project }: EventRecord) {
    const tasks: PersonExport['events'][number]['tasks'] = []
    for (let after: number | undefined; ; ) {
      const range = { project, eventId: id, limit: PAGE, ...(after === undefined ? {} : { after }) }
      const page = await store.query.tasks(range)
      for (const task of page) tasks.push({ ...task, history: await store.query.attempts(task.id) })
      after = page.at(-1)?.sequence
      if (page.length < PAGE) return tasks
    }
  }

  async function audited(project: string, person: PersonName): Promise<AuditEntry[]> {
    const names = new Set(namesOf(person).map(normal))
    const entries: AuditEntry[] = []
    for await (const page of auditPages(store, { project })) entries.push(...page.filter((one) => isAbout(one, names)))
    return entries
  }

  async function eraseAudit(project: string, person: PersonName): Promise<number[]> {
    const erase = (await audited(project, person)).map(({ sequence }) => sequence)
    const checkpoint = { project, at: clock.now(), actor: subject ?? null, target: 'privacy', through: null }
    if (erase.length > 0) await takeOut(store, { ...checkpoint, erase })
    return erase
  }
}

/** Who acted, or whom it was done to. */
function isAbout({ actor, target, details }: AuditEntry, names: ReadonlySet<string>): boolean {
  const isNamed = (value: JsonValue): boolean => {
    if (typeof value === 'string') return names.has(normal(value))
    return typeof value === 'object' && value !== null && Object.values(value).some(isNamed)
  }
  return isNamed([actor, target, details])
}

function namesOf(person: PersonName): string[] {
  const given = typeof person === 'string' ? [person] : [person?.email, person?.userId, person?.user_id]
  const names = given.filter((name) => name !== undefined)
  if (names.length > 0) return names.map((name) => checkName('person', name))
  throw new PullwrightError('invalid-argument', 'Name the person by e-mail address or user id')
}

function normal(name: string): string {
  return name.trim().toLowerCase()
}
