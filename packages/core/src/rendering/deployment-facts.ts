import type { Redactor } from '../redaction/redactor.ts'
import type { RenderableDeployment } from './renderable-deployment.ts'
import { shorten } from './visible-text.ts'

/** The deployment's facts as redacted text, not yet escaped for any place. Empty where unknown. */
export interface DeploymentFacts {
  app: string
  appId: string
  variant: string
  variantId: string
  environment: string
  revision: string
  previousRevision: string
  commitMessage: string
  /** UTF-16 units of it before it was cut for our own work's sake. */
  messageLength: number
  deployedBy: string
  deploymentId: string
  /** `2025-11-20 10:30:00 UTC`. */
  timestamp: string
  /** A whole `http` or `https` URL without credentials. */
  url: string
  removed: boolean
  /** It does not run yet: the pull request asks for it. */
  proposal: boolean
}

/** UTF-16 units of a fact. Names are shorter; what is longer is no name. */
const MAX_FACT = 200
const MAX_MESSAGE = 20_000
const MOST_READ = 2 * MAX_MESSAGE

export function readFacts(
  deployment: RenderableDeployment,
  redactor: Redactor,
  { removed, proposal = false }: { removed: boolean; proposal?: boolean | undefined },
): DeploymentFacts {
  const read = (value: unknown, length = MAX_FACT) => {
    const known = typeof value === 'string' || typeof value === 'number' || typeof value === 'boolean'
    // Cut first, generously, so that the redactor's work is bounded; cut again what is shown.
    return known ? shorten(redactor.text(shorten(String(value), MOST_READ)), length) : ''
  }
  const message = read(deployment.commit_message, MOST_READ)
  return {
    app: read(deployment.app_name ?? deployment.app_id),
    appId: read(deployment.app_id),
    variant: read(deployment.variant_name ?? deployment.variant_id),
    variantId: read(deployment.variant_id),
    environment: read(deployment.environment),
    revision: read(deployment.revision),
    previousRevision: read(deployment.previous_revision),
    commitMessage: shorten(message, MAX_MESSAGE),
    messageLength: message.length + Math.max(0, (deployment.commit_message?.length ?? 0) - MOST_READ),
    deployedBy: person(deployment.deployed_by, read),
    deploymentId: read(deployment.deployment_id),
    timestamp: formatTime(deployment.timestamp),
    url: webAddress(deployment.url, redactor),
    removed,
    proposal,
  }
}

function person(who: RenderableDeployment['deployed_by'], read: (value: unknown) => string): string {
  if (typeof who !== 'object' || who === null) return read(who)
  const [name, email] = [read(who.name), read(who.email)]
  if (name !== '' && email !== '' && name !== email) return `${name} (${email})`
  return name || email || read(who.user_id)
}

function formatTime(time: RenderableDeployment['timestamp']): string {
  if (time === undefined || time === null || time === '') return ''
  const date = new Date(time)
  return Number.isNaN(date.getTime()) ? '' : `${date.toISOString().slice(0, 19).replace('T', ' ')} UTC`
}

/** Percent-encoded by the URL parser, so that it cannot leave a link's parentheses. Others than web addresses are dropped. */
function webAddress(url: unknown, redactor: Redactor): string {
  if (typeof url !== 'string' || url.length > 2000 || !URL.canParse(url)) return ''
  const parsed = new URL(url)
  if (parsed.protocol !== 'https:' && parsed.protocol !== 'http:') return ''
  parsed.username = ''
  parsed.password = ''
  const safe = redactor.url(parsed.href)
  return safe
    .replace(/&(?=#?\w+;)/g, '&amp;')
    .replace(/[\s<>()[\]"'`\\]/g, (character) => `%${character.charCodeAt(0).toString(16).padStart(2, '0')}`)
}
