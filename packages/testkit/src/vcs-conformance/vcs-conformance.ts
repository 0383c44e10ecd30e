import assert from 'node:assert/strict'
import { autoMerging } from './auto-merging.ts'
import { commenting } from './commenting.ts'
import { concluding } from './concluding.ts'
import { creating } from './creating.ts'
import { decorating } from './decorating.ts'
import { failing } from './failing.ts'
import { foreignWork } from './foreign-work.ts'
import type { VcsConformanceCase, VcsConformanceOutcome, VcsHarness, VcsNeed, VcsSetting } from './harness.ts'
import { reading } from './reading.ts'
import { refusing } from './refusing.ts'
import { createScene, type Scene, type VcsCases } from './scene.ts'
import { updating } from './updating.ts'
import { watchSecrets } from './watch-secrets.ts'

/**
 * All that a `Vcs` promises, case by case, for any test runner: `for (const { name, run } of vcsConformance(harness))
 * test(name, run)`, one after the other. A case fails by throwing, also where a credential shows in an answer, an error or
 * a log. Core cases (`needs` is empty) run for every adapter; the others are skipped
 * where the adapter declares no such capability or the harness no such act, and answer which it was: print it.
 */
export function vcsConformance(harness: VcsHarness): VcsConformanceCase[] {
  return Object.entries(GROUPS).flatMap(([group, cases]) =>
    Object.entries(cases).map(([sentence, given]) => {
      const { needs, run } = typeof given === 'function' ? { needs: [], run: given } : given
      return {
        name: `${group}: ${sentence}`,
        needs,
        async run(): Promise<VcsConformanceOutcome> {
          const setting = await harness.open()
          try {
            const lacking = await lackingOf(setting, needs)
            if (lacking.length > 0) return { status: 'skipped', lacking }
            await watching(setting, run)
            return { status: 'passed' }
          } finally {
            await setting.close()
          }
        },
      }
    }),
  )
}

const GROUPS: Readonly<Record<string, VcsCases>> = {
  creating,
  updating,
  'foreign work': foreignWork,
  refusing,
  concluding,
  reading,
  commenting,
  decorating,
  'auto-merge': autoMerging,
  failing,
}

async function lackingOf(setting: VcsSetting, needs: readonly VcsNeed[]): Promise<VcsNeed[]> {
  if (needs.length === 0) return []
  const capabilities: object = await setting.vcs.capabilities(setting.repository)
  const has = (need: VcsNeed) => (need in setting ? Reflect.get(setting, need) : Reflect.get(capabilities, need))
  return needs.filter((need) => !has(need))
}

async function watching(setting: VcsSetting, run: (scene: Scene) => Promise<void>): Promise<void> {
  const watch = watchSecrets(setting)
  try {
    await run(createScene(watch.setting))
  } finally {
    const leaks = watch.end()
    assert.deepEqual(leaks, [])
  }
}
