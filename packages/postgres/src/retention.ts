import type { Store } from '@pullwright/core'
import type { Database } from './database.ts'
import { encodeText } from './text-codec.ts'

/** A statement deletes at most so many events, so that none of them holds locks for long. */
const BATCH = 1000

export function createRetention({ run, statement }: Database): Pick<Store, 'prune' | 'forget'> {
  const statements = {
    prune: statement('select {s}.prune($1, $2, $3) as gone'),
    forget: statement('select {s}.forget($1, $2, $3) as emptied'),
  }
  return {
    async prune({ before, limit, project }) {
      const scope = project === undefined ? null : encodeText(project)
      let gone = 0
      for (;;) {
        const most = Math.min(BATCH, Math.max(0, Math.floor(limit)) - gone)
        const some = Number((await run(statements.prune, [before, most, scope]))[0]?.gone ?? 0)
        gone += some
        if (some === 0 || gone >= limit) return gone
      }
    },
    async forget({ project, person, at }) {
      return Number((await run(statements.forget, [encodeText(project), encodeText(person), at]))[0]?.emptied ?? 0)
    },
  }
}
