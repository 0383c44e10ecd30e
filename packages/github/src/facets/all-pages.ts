/** The longest page that GitHub's REST API gives. */
export const PER_PAGE = 100

/** Reads pages, from 1, until one is not full. */
export async function allPages<Item>(read: (page: number) => Promise<readonly Item[]>): Promise<Item[]> {
  const all: Item[] = []
  for (let page = 1; ; page++) {
    const items = await read(page)
    all.push(...items)
    if (items.length < PER_PAGE) return all
  }
}
