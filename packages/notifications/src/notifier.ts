import type { Plugin } from '@pullwright/core'
import type { Channel } from './channel.ts'
import { notify } from './notify.ts'
import type { CheckedOptions } from './options.ts'
import { type NoticeTemplates, noticeWriter } from './templates.ts'

export interface NotifierParts {
  channel: Channel
  checked: CheckedOptions
  templates: NoticeTemplates | undefined
  secrets: readonly string[]
  stop?: () => Promise<void>
}

/** The plugin around a channel. One message at a time for each project, so that what was told is known. */
export function notifier({ channel, checked, templates, secrets, stop }: NotifierParts): Plugin {
  const { name, on, ...rules } = checked
  const setup = { ...rules, channel, write: noticeWriter(channel, templates) }
  return {
    apiVersion: 1,
    name,
    handlers: { notify: { on, key: ['project'], run: (context) => notify(context, setup) } },
    secrets: () => secrets,
    ...(stop === undefined ? {} : { stop }),
  }
}
