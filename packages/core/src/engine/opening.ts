/**
 * The same calls, each after `open`: what a host does first may be to list or to create something, before anything was
 * started. Every member must be a function that answers a promise.
 */
export function opening<T extends object>(surface: T, open: () => Promise<void>): T {
  const calls = Object.entries(surface).map(([name, call]) => [
    name,
    async (...args: unknown[]) => {
      await open()
      return (call as (...given: unknown[]) => unknown)(...args)
    },
  ])
  return Object.fromEntries(calls) as T
}
