/** Runs work of one key one after another, in the order of arrival; a failed one does not stop the next. */
export function keyedTurns(): <T>(key: string, work: () => Promise<T>) => Promise<T> {
  const last = new Map<string, Promise<unknown>>()
  return (key, work) => {
    const next = (last.get(key) ?? Promise.resolve()).then(work, work)
    const quiet = next.then(
      () => undefined,
      () => undefined,
    )
    last.set(key, quiet)
    void quiet.then(() => {
      if (last.get(key) === quiet) last.delete(key)
    })
    return next
  }
}
