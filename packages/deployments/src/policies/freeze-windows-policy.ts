import { type Policy, PullwrightError } from '@pullwright/core'
import { type PolicyScope, scopedPolicy } from './policy-scope.ts'

export type FreezeWindow = FreezeOnce | FreezeWeekly

/** From one moment to another, ISO 8601 with an offset: `2026-12-20T00:00:00Z`. The end does not count. */
export interface FreezeOnce {
  from: string
  to: string
  /** Such as `year's end`. */
  reason?: string
}

/** Every week: on these days, between these times of the day (`16:00`, to `24:00` at most). */
export interface FreezeWeekly {
  days: readonly Weekday[]
  /** Default `00:00`. */
  from?: string
  /** Default `24:00`. The end does not count. */
  to?: string
  /** IANA name, such as `Europe/Berlin`. Default `UTC`. */
  timeZone?: string
  reason?: string
}

export type Weekday = 'sun' | 'mon' | 'tue' | 'wed' | 'thu' | 'fri' | 'sat'

const WEEKDAYS: readonly Weekday[] = ['sun', 'mon', 'tue', 'wed', 'thu', 'fri', 'sat']

export interface FreezeWindowsPolicyOptions extends PolicyScope {
  windows: readonly FreezeWindow[]
}

/** No deployments at these times; what counts is when it was deployed. Throws `invalid-argument` for a window that is none. */
export function freezeWindowsPolicy({ windows, ...scope }: FreezeWindowsPolicyOptions): Policy {
  if (!Array.isArray(windows) || windows.length === 0) throw invalid('name at least one window')
  const frozen = windows.map((window, index) => compile(window, `windows[${index}]`))
  return scopedPolicy(scope, {
    name: 'freeze-windows',
    title: 'Outside of freeze windows',
    violation({ deployment }) {
      const hit = windows.find((_, index) => frozen[index]?.(deployment.deployedAt))
      if (hit === undefined) return null
      return `Deployed during a freeze (${hit.reason ?? toldOf(hit)})`
    },
  })
}

function compile(window: FreezeWindow, where: string): (at: number) => boolean {
  if (!('days' in window)) {
    const [from, to] = [momentOf(window.from, `${where}.from`), momentOf(window.to, `${where}.to`)]
    if (to <= from) throw invalid(`${where} ends before it begins`)
    return (at) => at >= from && at < to
  }
  const { days, from = '00:00', to = '24:00', timeZone = 'UTC' } = window
  const unknown = days.find((day) => !WEEKDAYS.includes(day))
  if (days.length === 0 || unknown !== undefined) throw invalid(`${where}.days must be of ${WEEKDAYS.join(', ')}`)
  const [first, last] = [minuteOf(from, `${where}.from`), minuteOf(to, `${where}.to`)]
  if (last <= first) throw invalid(`${where} ends before it begins; give two windows for one that runs past midnight`)
  const localOf = localTime(timeZone, where)
  return (at) => {
    const { day, minute } = localOf(at)
    return days.includes(day) && minute >= first && minute < last
  }
}

function momentOf(text: string, where: string): number {
  const at = Date.parse(text)
  if (Number.isNaN(at) || !/(?:Z|[+-]\d\d:?\d\d)$/.test(text)) {
    throw invalid(`${where} must be a time with an offset, such as 2026-12-20T00:00:00Z`)
  }
  return at
}

function minuteOf(text: string, where: string): number {
  const [, hours, minutes] = /^(\d\d):(\d\d)$/.exec(text) ?? []
  const minute = Number(hours) * 60 + Number(minutes)
  if (!(minute >= 0 && minute <= 24 * 60) || Number(minutes) > 59) throw invalid(`${where} must be such as 16:00`)
  return minute
}

function localTime(timeZone: string, where: string): (at: number) => { day: Weekday; minute: number } {
  const format = formatOf(timeZone, where)
  return (at) => {
    const parts = new Map(format.formatToParts(at).map(({ type, value }) => [type, value]))
    const day = WEEKDAYS.find((name) => name === parts.get('weekday')?.toLowerCase()) ?? 'sun'
    return { day, minute: Number(parts.get('hour')) * 60 + Number(parts.get('minute')) }
  }
}

function formatOf(timeZone: string, where: string): Intl.DateTimeFormat {
  try {
    const shown = { weekday: 'short', hour: '2-digit', minute: '2-digit', hourCycle: 'h23' } as const
    return new Intl.DateTimeFormat('en-US', { timeZone, ...shown })
  } catch (cause) {
    const message = `${where}.timeZone ${JSON.stringify(timeZone)} is not known; give an IANA name such as Europe/Berlin`
    throw invalid(message, cause)
  }
}

function toldOf(window: FreezeWindow): string {
  if (!('days' in window)) return `${window.from} to ${window.to}`
  const { days, from = '00:00', to = '24:00', timeZone = 'UTC' } = window
  return `${days.join(', ')} ${from} to ${to} ${timeZone}`
}

function invalid(message: string, cause?: unknown): PullwrightError {
  return new PullwrightError('invalid-argument', `freeze-windows: ${message}`, { cause })
}
