/**
 * Where a run of characters ends, its closing punctuation not counted. Remembers the last run: a text may ask for the same
 * end from each of many places in it, and must not be read again for each.
 */
export function createRunEnd(characters: RegExp): (text: string, start: number) => number {
  const run = new RegExp(`${characters.source}+`, 'y')
  let last = { text: '', start: 0, end: 0, trimmed: 0 }
  return (text, start) => {
    if (text !== last.text || start < last.start || start >= last.end) {
      run.lastIndex = start
      const end = run.test(text) ? run.lastIndex : start
      last = { text, start, end, trimmed: trim(text, start, end) }
    }
    return Math.max(start, last.trimmed)
  }
}

function trim(text: string, start: number, end: number): number {
  let at = end
  while (at > start && '.,:!?)]}\\'.includes(text[at - 1] ?? '')) at--
  return at
}
