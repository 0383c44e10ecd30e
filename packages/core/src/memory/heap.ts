/** What a heap holds. `slot` is the item's place in the one heap it is in, -1 while it is in none. */
export interface Slotted {
  slot: number
}

export interface Heap<T extends Slotted> {
  readonly size: number
  /** The first item, left in place. */
  peek(): T | undefined
  push(item: T): void
  /** Takes an item out wherever it stands; nothing happens to one that is in no heap. */
  remove(item: T): void
  holds(item: T): boolean
  /** Takes out everything, in no particular order. */
  drain(): T[]
}

/** A binary heap whose items know their place, so that any of them leaves in logarithmic time. */
export function createHeap<T extends Slotted>(isBefore: (a: T, b: T) => boolean): Heap<T> {
  let items: T[] = []

  const place = (item: T, slot: number) => {
    items[slot] = item
    item.slot = slot
  }

  function rise(item: T): void {
    let slot = item.slot
    while (slot > 0) {
      const above = (slot - 1) >> 1
      const parent = items[above]
      if (parent === undefined || !isBefore(item, parent)) break
      place(parent, slot)
      slot = above
    }
    place(item, slot)
  }

  function sink(item: T): void {
    let slot = item.slot
    for (;;) {
      const left = items[2 * slot + 1]
      const right = items[2 * slot + 2]
      const child = right !== undefined && left !== undefined && isBefore(right, left) ? right : left
      if (child === undefined || !isBefore(child, item)) break
      const below = child.slot
      place(child, slot)
      slot = below
    }
    place(item, slot)
  }

  return {
    get size() {
      return items.length
    },
    peek: () => items[0],
    holds: (item) => items[item.slot] === item,
    push(item) {
      place(item, items.length)
      rise(item)
    },
    remove(item) {
      const { slot } = item
      if (slot < 0) return
      item.slot = -1
      const last = items.pop()
      if (last === undefined || last === item) return
      place(last, slot)
      rise(last)
      sink(last)
    },
    drain() {
      const all = items
      items = []
      for (const item of all) item.slot = -1
      return all
    },
  }
}
