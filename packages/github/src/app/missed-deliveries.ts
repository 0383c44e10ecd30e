import { isVcsError, type PluginContext } from '@pullwright/core'
import type { CallContext, GitHubClient } from '../client.ts'

/** What is kept from look to look. */
type Looked = {
  /** Newest delivery seen, by GitHub's clock, ISO 8601. */
  until: string
  /** How often each delivery that did not arrive was asked for again, by its guid. */
  tries: Record<string, number>
}

/** One try to deliver: docs.github.com/rest/apps/webhooks, "List deliveries for an app webhook". */
interface Delivery {
  /** Beyond what a number holds, often. */
  id: number | bigint
  guid: string
  delivered_at: string
  status_code: number
}

const KEY = 'deliveries'
/** GitHub keeps deliveries for three days: so many fit into a look, and the rest into the next one. */
const MOST_PAGES = 20
const PAGE = 100
/** GitHub wants a second between two writes; the next look goes on where this one ended. */
const MOST_AT_ONCE = 100
/** What is refused each time, such as a body over our limit, will be refused again. */
const MOST_TRIES = 5

/**
 * Asks GitHub to send once more what we did not take while we were away. It comes as a webhook like any other, with the
 * same delivery id, so what arrived after all is known. Answers how many were asked for.
 */
export async function redeliverMissed(rest: GitHubClient['rest'], context: PluginContext): Promise<number> {
  const { documents, log } = context
  const row = await documents.get(KEY)
  const known = row === null ? { until: '', tries: {} } : (row.value as Looked)
  const fresh = await deliveriesSince(rest, known.until)
  const taken = new Set(fresh.filter(isTaken).map(({ guid }) => guid))
  // Of several tries the newest; those that were missed first come first.
  const missed = [...new Map(fresh.reverse().map((one) => [one.guid, one])).values()].filter(
    ({ guid }) => !taken.has(guid),
  )
  const tries: Looked['tries'] = {}
  let asked = 0
  for (const { guid, id } of missed.slice(0, MOST_AT_ONCE)) {
    const before = known.tries[guid] ?? 0
    tries[guid] = before + 1
    if (before >= MOST_TRIES) continue
    try {
      await redeliver(rest, id)
      asked += 1
    } catch (error) {
      if (!isVcsError(error)) throw error
      log.warn({ delivery: guid, error: error.message }, 'A webhook that was missed cannot be had again')
    }
  }
  const until = (missed[MOST_AT_ONCE] ?? fresh.at(-1))?.delivered_at ?? known.until
  await documents.put(KEY, { until, tries })
  if (asked > 0) log.info({ asked }, 'Webhooks that were missed are sent again')
  return asked
}

/** Newest first, by cursor. */
async function deliveriesSince(rest: GitHubClient['rest'], until: string): Promise<Delivery[]> {
  const found: Delivery[] = []
  let cursor: string | undefined
  for (let page = 0; page < MOST_PAGES; page++) {
    const { data, headers } = await rest(
      (request, common) =>
        request('GET /app/hook/deliveries', { per_page: PAGE, ...(cursor === undefined ? {} : { cursor }), ...common }),
      about("list the App's webhook deliveries"),
    )
    const fresh = data.filter(({ delivered_at }) => delivered_at >= until)
    found.push(...fresh)
    cursor = /[?&]cursor=([^&>]+)[^>]*>;\s*rel="next"/.exec(headers.link ?? '')?.[1]
    if (cursor === undefined || fresh.length < data.length) break
    cursor = decodeURIComponent(cursor)
  }
  return found
}

async function redeliver(rest: GitHubClient['rest'], id: Delivery['id']): Promise<void> {
  await rest<{ status: number }>(
    (request, common) => request(`POST /app/hook/deliveries/${id}/attempts`, { ...common }),
    about('have a webhook sent again'),
  )
}

function about(doing: string): CallContext {
  return { repository: '', doing, needs: ['metadata=read'] }
}

function isTaken({ status_code }: Delivery): boolean {
  return status_code >= 200 && status_code < 300
}
