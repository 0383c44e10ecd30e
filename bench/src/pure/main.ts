import type * as Core from '@pullwright/core'
import { loadBuilt } from './load-built.ts'

/** Loaded one at a time, as each brings the libraries it compares with. */
const PARTS: Readonly<Record<string, () => Promise<(core: typeof Core) => Promise<void>>>> = {
  diff: async () => (await import('./diff.ts')).benchDiff,
  redaction: async () => (await import('./redaction.ts')).benchRedaction,
  signing: async () => (await import('./signing.ts')).benchSigning,
  whole: async () => (await import('./whole.ts')).benchWhole,
  'start-up': async () => (await import('./start-up.ts')).benchStartUp,
}

/** `npm run bench -- pure [part ...]`: the stages that touch nothing but their arguments, as they are published. */
export async function main(args: string[]): Promise<void> {
  const core = await loadBuilt()
  const wanted = Object.entries(PARTS).filter(([name]) => args.length === 0 || args.includes(name))
  for (const [, load] of wanted) {
    const run = await load()
    await run(core)
  }
}
