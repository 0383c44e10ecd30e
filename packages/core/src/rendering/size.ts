/** A forge's limit on a text, in its own unit. A plain number counts UTF-16 units, which are never fewer than characters. */
export type SizeLimit = number | { size: number; unit: 'characters' | 'bytes' }

export interface Ruler {
  limit: number
  measure(text: string): number
}

export function createRuler(limit: SizeLimit): Ruler {
  if (typeof limit === 'number') return { limit, measure: (text) => text.length }
  const bytes = limit.unit === 'bytes'
  return { limit: limit.size, measure: (text) => (bytes ? Buffer.byteLength(text, 'utf8') : text.length) }
}
