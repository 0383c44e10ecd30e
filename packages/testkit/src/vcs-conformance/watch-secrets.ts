import type { Vcs } from '@pullwright/core'
import type { VcsSetting } from './harness.ts'

const VERBS = [
  ...(['capabilities', 'inspect', 'readFiles', 'publishPullRequest', 'findPullRequests', 'getPullRequest'] as const),
  ...(['mergePullRequest', 'closePullRequest', 'editLabels', 'upsertComment', 'setStatus'] as const),
]
const CHANNELS = ['log', 'info', 'warn', 'error', 'debug'] as const

export interface Watch {
  setting: VcsSetting
  /** Where a credential showed, in sentences; the console is as it was before. */
  end(): string[]
}

/** Looks for the credentials in all that the adapter answers, throws or prints while a case runs. */
export function watchSecrets(setting: VcsSetting): Watch {
  const leaks: string[] = []
  const look = (where: string, value: unknown) => {
    const shown = shownOf(value)
    if (setting.secrets.some((secret) => shown.includes(secret))) leaks.push(`${where} holds the credential`)
  }
  const { asAnother, asUserWithout } = setting
  const restore = watchConsole((channel, part) => look(`what console.${channel} printed`, part))
  return {
    setting: {
      ...setting,
      vcs: watched(setting.vcs, look),
      ...(asAnother === undefined ? {} : { asAnother: () => watched(asAnother(), look) }),
      ...(asUserWithout === undefined ? {} : { asUserWithout: (what) => watchedLesser(asUserWithout(what), look) }),
    },
    end() {
      restore()
      return leaks
    },
  }
}

type Look = (where: string, value: unknown) => void

function watchedLesser<T extends { vcs: Vcs }>(lesser: T, look: Look): T {
  return { ...lesser, vcs: watched(lesser.vcs, look) }
}

function watched(vcs: Vcs, look: Look): Vcs {
  const verbs = VERBS.map((verb) => {
    const call: (...given: never[]) => Promise<unknown> = vcs[verb]
    const run = async (...given: never[]) => {
      try {
        const answer = await call(...given)
        look(`the answer of ${verb}`, answer)
        return answer
      } catch (error) {
        look(`an error of ${verb}`, error)
        throw error
      }
    }
    return [verb, run] as const
  })
  return { ...vcs, ...Object.fromEntries(verbs) }
}

function watchConsole(see: (channel: string, part: unknown) => void): () => void {
  const before = CHANNELS.map((channel) => [channel, console[channel]] as const)
  for (const [channel, print] of before) {
    console[channel] = (...parts: unknown[]) => {
      for (const part of parts) see(channel, part)
      print(...parts)
    }
  }
  return () => {
    for (const [channel, print] of before) console[channel] = print
  }
}

/** All that a log would show of a value: an error's causes and their fields too. */
function shownOf(value: unknown, depth = 0): string {
  if (typeof value !== 'object' || value === null || depth > 6) return String(value)
  const { message, stack, cause } = value as { message?: unknown; stack?: unknown; cause?: unknown }
  return [message, stack, cause, ...Object.values(value)].map((part) => shownOf(part, depth + 1)).join('\n')
}
