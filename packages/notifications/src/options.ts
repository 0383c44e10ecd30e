import { PullwrightError } from '@pullwright/core'
import { DEFAULT_EVENTS, isNoticeType, type NoticeType } from './notices.ts'
import { type NoticeTemplates, unknownEvent } from './templates.ts'

/** What Slack and mail have in common. */
export interface NotificationOptions {
  /** The plugin's name; several of one kind need several. */
  name?: string
  /** What people are told of. Default: all but `deployment.blocked` and `drift.detected`. */
  events?: readonly NoticeType[]
  /** The same for single projects, in place of `events`. With `events: []` the others are not told of at all. */
  projects?: Readonly<Record<string, readonly NoticeType[]>>
  templates?: NoticeTemplates
  /** What is about the same thing is told once within this time. Default one hour; 0: each event. */
  repeatAfterMs?: number
  /** So many messages a minute for each project; what comes beyond is collected into one. Default 10, at most 60. */
  maxPerMinute?: number
  /** To each answer of the other side. Default 10,000, at most 30,000. */
  timeoutMs?: number
}

export interface CheckedOptions {
  name: string
  /** All events that any project is told of. */
  on: readonly NoticeType[]
  wants(project: string, type: string): boolean
  repeatAfterMs: number
  maxPerMinute: number
  timeoutMs: number
}

const NAME = /^[a-z][a-z0-9-]*$/
const HOUR = 60 * 60_000
const DAY = 24 * HOUR

/** Throws `invalid-argument` for what cannot be meant. */
export function checkOptions(kind: string, options: NotificationOptions): CheckedOptions {
  const { name = kind, events = DEFAULT_EVENTS, projects = {}, repeatAfterMs = HOUR } = options
  const { maxPerMinute = 10, timeoutMs = 10_000 } = options
  if (!NAME.test(name)) throw refused(kind, '`name` must be lower case letters, digits and `-`')
  checkNumber(kind, 'repeatAfterMs', repeatAfterMs, 0, 7 * DAY)
  checkNumber(kind, 'maxPerMinute', maxPerMinute, 1, 60)
  checkNumber(kind, 'timeoutMs', timeoutMs, 100, 30_000)
  const byProject = new Map(Object.entries(projects))
  const on = [...new Set([...events, ...Object.values(projects).flat()])]
  for (const type of on) if (!isNoticeType(type)) throw unknownEvent('events', type)
  if (on.length === 0) throw refused(kind, '`events` is empty, and so are all of `projects`: name what to tell of')
  const wants = (project: string, type: string) => (byProject.get(project) ?? events).some((one) => one === type)
  return { name, on, wants, repeatAfterMs, maxPerMinute, timeoutMs }
}

export function refused(kind: string, advice: string): PullwrightError {
  return new PullwrightError('invalid-argument', `${kind}(): ${advice}.`)
}

function checkNumber(kind: string, option: string, value: number, least: number, most: number): void {
  if (Number.isInteger(value) && value >= least && value <= most) return
  throw refused(kind, `\`${option}\` must be a whole number from ${least} to ${most}`)
}
