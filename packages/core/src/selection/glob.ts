/** A pattern of one name. */
export interface Glob {
  fits(name: string): boolean
  /** Whether an index of a list may fit. */
  mayBeIndex: boolean
}

/** `*` stands for any run of characters, unless `literal`. Linear: each part is looked for once, from left to right. */
export function createGlob(pattern: string, literal = false): Glob {
  const [first = '', ...rest] = literal ? [pattern] : pattern.split('*')
  const last = rest.pop()
  if (last === undefined) return { fits: (name) => name === pattern, mayBeIndex: /^\d+$/.test(pattern) }
  const fits = (name: string) => {
    const end = name.length - last.length
    if (end < first.length || !name.startsWith(first) || !name.endsWith(last)) return false
    let at = first.length
    for (const part of rest) {
      const found = name.indexOf(part, at)
      if (found < 0 || found + part.length > end) return false
      at = found + part.length
    }
    return true
  }
  return { fits, mayBeIndex: /^[\d*]+$/.test(pattern) }
}
