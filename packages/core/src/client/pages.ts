import type { Pages } from './types.ts'

interface AnyPage {
  data: readonly unknown[]
  next_cursor: string | null
}

/** Asks for nothing before it is awaited or iterated. */
export function pages(
  query: Readonly<Record<string, unknown>>,
  send: (query: Readonly<Record<string, unknown>>) => Promise<unknown>,
): Pages<AnyPage> {
  const load = (cursor?: string) => send(cursor === undefined ? query : { ...query, cursor }) as Promise<AnyPage>
  return {
    // biome-ignore lint/suspicious/noThenProperty: awaited it is the first page
    then: (resolve, reject) => load().then(resolve, reject),
    async *[Symbol.asyncIterator]() {
      let page = await load()
      for (;;) {
        yield* page.data
        if (page.next_cursor === null) return
        page = await load(page.next_cursor)
      }
    },
  }
}
