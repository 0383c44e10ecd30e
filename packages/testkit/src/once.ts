/** Calls `make` at the first use, and gives its answer to everybody after that. For costly things that never change. */
export function once<T>(make: () => T): () => T {
  let made: { value: T } | null = null
  return () => {
    made ??= { value: make() }
    return made.value
  }
}
