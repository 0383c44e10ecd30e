/** Made when it is first asked for, and kept. */
export function lazy<T extends object>(make: () => T): () => T {
  let made: T | undefined
  return () => {
    made ??= make()
    return made
  }
}

/** Calls whose code is loaded with the first of them: few programs make any. All of them answer a promise. */
export function loadedOnCall<T extends object>(
  names: Readonly<Record<keyof T & string, true>>,
  load: () => Promise<T>,
): T {
  const loaded = lazy(load)
  const calls = Object.keys(names).map((name) => [
    name,
    async (...args: unknown[]) => {
      const call = (await loaded())[name as keyof T]
      return (call as (...given: unknown[]) => unknown)(...args)
    },
  ])
  return Object.fromEntries(calls) as T
}
