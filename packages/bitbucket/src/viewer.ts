import { isVcsError } from '@pullwright/core'
import type { AccountBody } from './bodies.ts'
import type { BitbucketClient, CallContext } from './client.ts'
import { nameOf } from './pull-request-view.ts'

/** Whose credential we use. Asked once, and not at all where an answer has told it by the way. */
export interface Viewer {
  /** The account's uuid where it is known already. */
  known(): string | null
  /** The uuid: one request the first time; null where the credential may not ask (scope `account`). */
  find(context: CallContext): Promise<string | null>
  /** As events name it. */
  name(context: CallContext): Promise<string | null>
  learn(account: AccountBody | null | undefined): void
}

/** The credential may not ask. */
const REFUSALS: ReadonlySet<string> = new Set(['permission', 'auth', 'not-found'])

export function createViewer(client: BitbucketClient): Viewer {
  let us: AccountBody | null = null
  let refused = false

  async function ask(context: CallContext): Promise<AccountBody | null> {
    if (us !== null || refused) return us
    try {
      us = (await client.call<AccountBody>('GET /user', {}, { ...context, needs: ['account'] })).data
    } catch (error) {
      if (!isVcsError(error) || !REFUSALS.has(error.code)) throw error
      refused = true
    }
    return us
  }

  return {
    known: () => us?.uuid ?? null,
    find: async (context) => (await ask(context))?.uuid ?? null,
    name: async (context) => nameOf(await ask(context)),
    learn(account) {
      us ??= account ?? null
    },
  }
}
