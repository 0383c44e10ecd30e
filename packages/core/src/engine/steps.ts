import { PullwrightError } from '../errors.ts'
import type { JsonValue } from '../json.ts'
import type { ClaimedTask, Store } from '../ports/store.ts'
import type { SecretBox } from '../secrets/secret-box.ts'

/** Results of steps where there is no key to seal them with: by task, then by step. They do not outlive the process. */
export type StepMemory = Map<string, Map<string, string>>

/**
 * `step(name, work)`: work runs once for its task, a later attempt gets the first result. Sealed in the store with the
 * key, because results may hold secrets; without a key only in memory.
 */
export function createSteps(
  claimed: ClaimedTask,
  parts: { store: Store; box: SecretBox | undefined; stepMemory: StepMemory },
): <T extends JsonValue>(name: string, work: () => T | Promise<T>) => Promise<T> {
  const { box, store, stepMemory } = parts
  const taskId = claimed.task.id
  const inFlight = new Map<string, Promise<JsonValue>>()

  return <T extends JsonValue>(name: string, work: () => T | Promise<T>): Promise<T> => {
    const running = inFlight.get(name) ?? once(name, work)
    inFlight.set(name, running)
    // A step that failed may be tried again within the same run.
    running.catch(() => inFlight.delete(name))
    return running as Promise<T>
  }

  async function once(name: string, work: () => JsonValue | Promise<JsonValue>): Promise<JsonValue> {
    const known = await recall(name)
    if (known !== undefined) return JSON.parse(known) as JsonValue
    const text = JSON.stringify((await work()) ?? null)
    await keep(name, text)
    return JSON.parse(text) as JsonValue
  }

  async function recall(name: string): Promise<string | undefined> {
    const row = claimed.steps.find((step) => step.name === name)
    if (row && box) return box.open(row.sealed)
    return stepMemory.get(taskId)?.get(name)
  }

  async function keep(name: string, text: string): Promise<void> {
    if (!box) {
      const steps = stepMemory.get(taskId) ?? new Map<string, string>()
      stepMemory.set(taskId, steps.set(name, text))
      return
    }
    const held = await store.saveStep(claimed.lease, { name, sealed: await box.seal(text) })
    if (!held) throw new PullwrightError('conflict', `Another worker took over task ${taskId} while step ${name} ran`)
  }
}
