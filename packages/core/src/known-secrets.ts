import type { PullwrightOptions, RedactionOptions } from './options.ts'
import type { Plugin } from './ports/plugin.ts'
import type { Vcs } from './ports/vcs.ts'
import { createKeyPolicy } from './redaction/key-policy.ts'
import { looksRandom } from './redaction/plausible.ts'
import type { SecretBox } from './secrets/secret-box.ts'

/** Shorter values of variables nobody named would stand in texts by chance. */
const LEAST_VARIABLE = 8
/** A tenant could name a word as its secret and so black it out for everyone. */
const LEAST_OPENED = 16
const URL_PASSWORD = /:\/\/[^\s:@/]*:([^\s@/]+)@/g

export interface SecretSources {
  options: PullwrightOptions
  adapters: Iterable<Vcs>
  plugins: readonly Plugin[]
  environment: Readonly<Record<string, string | undefined>>
}

/** All that is known at the start: what the host names, the sealing keys, what adapters and plugins hold, the environment. */
export function secretsAtStart({ options, adapters, plugins, environment }: SecretSources): string[] {
  const { redaction = {}, key } = options
  const keys = typeof key === 'string' ? [key] : Array.isArray(key) ? (key as string[]) : []
  const sources = [...(options.sources ?? []), ...plugins.flatMap((plugin) => plugin.sources ?? [])]
  const held = [...adapters, ...plugins, ...sources].flatMap((part) => part.secrets?.() ?? [])
  return [...(redaction.values ?? []), ...keys, ...held, ...environmentSecrets(redaction, environment)]
}

function environmentSecrets(
  { environment: asked = true, keys }: RedactionOptions,
  variables: SecretSources['environment'],
) {
  if (asked === false) return []
  const set = Object.entries(variables).filter((entry): entry is [string, string] => Boolean(entry[1]))
  const telling = createKeyPolicy(keys)
  const named = asked === true ? () => null : createKeyPolicy({ only: asked })
  return set.flatMap(([name, value]) => {
    if (named(name) !== null) return [value]
    const passwords = [...value.matchAll(URL_PASSWORD)].flatMap(([, password = '']) => [password, decoded(password)])
    const candidates = telling(name) === null ? passwords : [value, ...passwords]
    return candidates.filter((candidate) => looksRandom(candidate, LEAST_VARIABLE))
  })
}

/** A box that tells what it seals and opens: tenants' credentials, endpoints' secrets, and headers as a JSON object. */
export function learningBox(
  box: SecretBox | undefined,
  learn: (secrets: readonly string[]) => void,
): SecretBox | undefined {
  if (box === undefined) return undefined
  const told = (text: string) => {
    if (typeof text === 'string') learn(secretsIn(text).filter((secret) => looksRandom(secret, LEAST_OPENED)))
    return text
  }
  return {
    seal: (text, context) => box.seal(told(text), context),
    open: async (sealed, context) => told(await box.open(sealed, context)),
  }
}

/** `Bearer x` holds the secret `x`, and `whsec_x` the key that `x` is the base64 of. */
function secretsIn(text: string): string[] {
  if (text.startsWith('whsec_')) return [text, text.slice('whsec_'.length)]
  if (!text.startsWith('{')) return [text]
  const values = Object.values(parsed(text)).filter((value) => typeof value === 'string')
  return values.flatMap((value) => [value, ...value.split(/\s+/)])
}

function parsed(text: string): Record<string, unknown> {
  try {
    return JSON.parse(text) as Record<string, unknown>
  } catch {
    return {}
  }
}

function decoded(text: string): string {
  try {
    return decodeURIComponent(text)
  } catch {
    return text
  }
}
