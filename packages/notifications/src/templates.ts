import { compileTemplate, type EventRecord, PullwrightError } from '@pullwright/core'
import type { Channel, Message } from './channel.ts'
import { COMMON_VARIABLES, isNoticeType, NOTICES, type NoticeKind, type NoticeType } from './notices.ts'
import { objectAt } from './read-data.ts'

/** `{{name}}` puts in what the event says; lines that stay empty are left out. */
export interface NoticeTemplate {
  /** The first line, the subject of a mail, and the line of a summary. */
  title?: string
  text?: string
}

export type NoticeTemplates = Partial<Record<NoticeType, NoticeTemplate>>

export interface Notice extends Message {
  /** Short enough to be one of many. */
  line: string
  /** Equal for events about the same thing. */
  about: string
}

/** Null for events that are none of ours. */
export type NoticeWriter = (event: EventRecord) => Notice | null

const LONGEST_TEMPLATE = 1_500
/** As many of them as a summary lists have to fit into one message. */
const LONGEST_TITLE = 200
const LONGEST_LINE = 240
/** Tried one after the other until the whole fits. */
const VALUE_LENGTHS = [500, 150, 40, 10, 0]

/** Compiles at once, so that a mistake is found before the first event. Throws `invalid-argument`. */
export function noticeWriter(channel: Channel, templates: NoticeTemplates = {}): NoticeWriter {
  for (const type of Object.keys(templates)) {
    if (!isNoticeType(type)) throw unknownEvent('templates', type)
  }
  const kinds: Readonly<Record<string, NoticeKind>> = NOTICES
  const compiled = new Map(
    Object.entries(kinds).map(([type, kind]) => [type, compileNotice(type, kind, templates, channel)]),
  )
  return (event) => {
    const write = compiled.get(event.type)
    if (write === undefined) throw unknownEvent('events', event.type)
    return write(event)
  }
}

export function unknownEvent(option: string, type: string): PullwrightError {
  const known = Object.keys(NOTICES).join(', ')
  return new PullwrightError('invalid-argument', `\`${option}\` names ${JSON.stringify(type)}. There are: ${known}.`)
}

function compileNotice(type: string, kind: NoticeKind, templates: NoticeTemplates, channel: Channel): NoticeWriter {
  const own = isNoticeType(type) ? templates[type] : undefined
  const { title = kind.title, text = kind.text } = own ?? {}
  checkLength(`title of ${type}`, title, LONGEST_TITLE)
  checkLength(`text of ${type}`, text, LONGEST_TEMPLATE)
  const variables = [...COMMON_VARIABLES, ...Object.keys(kind.values)]
  const [writeTitle, writeText] = [compileTemplate(title, variables), compileTemplate(text, variables)]

  return (event) => {
    const data = objectAt(event.data)
    if (kind.isForeign?.(event, data)) return null
    const valuesOf = (length: number) => {
      const own = Object.entries(kind.values).map(([name, read]) => [name, channel.value(read(data), length)])
      const link = length === 0 ? '' : channel.link(kind.link(data))
      return { ...Object.fromEntries(own), ...commonValues(event, channel, length), link }
    }
    const titled = (length: number) => filledLines(writeTitle(valuesOf(length))).join(' ')
    const body = (length: number) => filledLines(writeText(valuesOf(length))).join('\n')
    return {
      ...fitting(channel.messageLimit, (length) => ({ title: titled(length), text: body(length) })),
      line: fitting(LONGEST_LINE, (length) => ({ title: titled(length), text: '' })).title,
      about: JSON.stringify([type, ...kind.about.map((read) => read(data))]),
    }
  }
}

function checkLength(what: string, template: string, most: number): void {
  if (template.length <= most) return
  const message = `The template for the ${what} must not be over ${most} characters.`
  throw new PullwrightError('invalid-argument', message)
}

function commonValues({ type, id, project, occurredAt }: EventRecord, channel: Channel, length: number) {
  return {
    event: type,
    event_id: channel.value(id, length),
    project: channel.value(project, length),
    time: new Date(occurredAt).toISOString(),
  }
}

function filledLines(text: string): string[] {
  return text
    .split('\n')
    .map((line) => line.trimEnd())
    .filter((line) => line !== '')
}

/** Values are shortened, and never what is written: a cut would go through an escape. */
function fitting(limit: number, write: (length: number) => Message): Message {
  for (const length of VALUE_LENGTHS) {
    const message = write(length)
    if (message.title.length + message.text.length < limit) return message
  }
  return write(0)
}
