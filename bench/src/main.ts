// `npm run bench -- <name> [options]`: measures against others in the same run and prints ratios.

/** Loaded one at a time: a benchmark must not pay for the libraries of another. */
const BENCHES: Readonly<Record<string, () => Promise<{ main(args: string[]): Promise<void> }>>> = {
  'claim-cost': () => import('./delivery/claim-cost.ts'),
  deliveries: () => import('./delivery/deliveries.ts'),
  'emit-latency': () => import('./delivery/emit-latency.ts'),
  'first-attempt': () => import('./delivery/first-attempt.ts'),
  'pending-memory': () => import('./delivery/pending-memory.ts'),
  pure: () => import('./pure/main.ts'),
  receive: () => import('./receive/main.ts'),
  requests: () => import('./requests/main.ts'),
  soak: () => import('./soak/main.ts'),
}

const [name = '', ...args] = process.argv.slice(2)
const load = BENCHES[name]
if (load === undefined) {
  const there = Object.keys(BENCHES).join(', ')
  process.stderr.write(`Which benchmark? npm run bench -- <name> [options]. There are: ${there}.\n`)
  process.exitCode = 1
} else {
  const { main } = await load()
  await main(args)
}
