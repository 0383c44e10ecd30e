/** The aligned middle of two arrays: `source` says for each element of after where it stood, from `start` on, or -1. */
interface Middle {
  start: number
  endBefore: number
  source: Int32Array
}

/** Where each member of a set that stayed stood before, in the new order: one change of the whole, however many moved. */
export function setOrder(length: number, { start, endBefore, source }: Middle): number[] {
  const order: number[] = []
  for (let i = 0; i < start; i++) order.push(i)
  for (const from of source) if (from >= 0) order.push(start + from)
  for (let i = endBefore; i < length; i++) order.push(i)
  return order
}
