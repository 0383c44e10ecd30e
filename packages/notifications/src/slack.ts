import { createRedactor, type Plugin, type Transport } from '@pullwright/core'
import { lazyTransport } from '@pullwright/core/vcs'
import { notifier } from './notifier.ts'
import { checkOptions, type NotificationOptions, refused } from './options.ts'
import { slackChannel } from './slack-channel.ts'

export interface SlackOptions extends NotificationOptions {
  /** Of an incoming webhook. A secret: whoever has it can post. A missing one is refused here, at once. */
  webhookUrl: string | undefined
  /** Default: one of its own, closed by `stop()`. */
  transport?: Transport
}

/**
 * Tells a Slack channel what people have to know. Throws `invalid-argument` for unusable options, and for templates that
 * name unknown variables.
 */
export function slack(options: SlackOptions): Plugin {
  const checked = checkOptions('slack', options)
  const webhookUrl = usableUrl(options.webhookUrl)
  const transport = lazyTransport(options.transport)
  const secrets = secretsOf(webhookUrl)
  const { text: hide } = createRedactor({ values: secrets })
  return notifier({
    channel: slackChannel({ webhookUrl, transport, timeoutMs: checked.timeoutMs, hide }),
    checked,
    templates: options.templates,
    secrets,
    stop: () => transport.close(),
  })
}

function usableUrl(webhookUrl: string | undefined): string {
  const url = webhookUrl !== undefined && URL.canParse(webhookUrl) ? new URL(webhookUrl) : null
  if (url?.protocol === 'https:' || url?.protocol === 'http:') return url.href
  throw refused(
    'slack',
    '`webhookUrl` must be the URL of an incoming webhook, such as https://hooks.slack.com/services/…',
  )
}

/** The path says it all, its last part most. */
function secretsOf(webhookUrl: string): string[] {
  const { pathname } = new URL(webhookUrl)
  const last = pathname.split('/').at(-1) ?? ''
  return [webhookUrl, pathname, last].filter((part) => part.length >= LEAST_SECRET)
}

/** Shorter ones would be found in texts by chance. */
const LEAST_SECRET = 8
