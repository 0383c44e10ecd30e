import { createTransport, PullwrightError, type Transport } from '@pullwright/core'
import type { AgentaApiOptions } from './agenta-api.ts'

export function usableUrl(baseUrl: string): string {
  const url = URL.canParse(baseUrl) ? new URL(baseUrl) : null
  if (url?.protocol !== 'https:' && url?.protocol !== 'http:') {
    throw refused('`baseUrl` must be an http(s) URL, such as https://cloud.agenta.ai/api.')
  }
  if (url.username !== '' || url.password !== '') {
    throw refused('`baseUrl` must not hold a user name or password: it stands in messages. Give `apiKey`.')
  }
  return baseUrl
}

export function keyOf(apiKey: string | AgentaApiOptions['apiKey'] | undefined): AgentaApiOptions['apiKey'] {
  return typeof apiKey === 'function' ? apiKey : () => apiKey
}

/** A transport of our own is made for the first request and closed at the end; the host's is the host's. */
export function transportLine(given: Transport | undefined) {
  let own: Transport | undefined
  return {
    open(): Transport {
      const transport = given ?? own ?? createTransport()
      if (given === undefined) own = transport
      return transport
    },
    async close(): Promise<void> {
      await own?.close()
      own = undefined
    },
  }
}

export function refused(advice: string): PullwrightError {
  return new PullwrightError('invalid-argument', `agenta(): ${advice}`)
}
