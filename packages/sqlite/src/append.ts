import type { AppendResult } from '@pullwright/core'
import { lineUp } from './keys.ts'
import type { Prepared } from './prepare.ts'
import { planRecording, writeRecording } from './record.ts'
import type { Steps } from './steps.ts'

export function* append(recording: Prepared): Steps<AppendResult> {
  const plan = yield* planRecording(recording)
  if ('status' in plan) return plan
  const { result, keys } = yield* writeRecording(plan)
  yield* lineUp(keys)
  return result
}

/** Whether tasks were recorded that wait to be claimed, and not only such as were taken at once. */
export function leavesWork({ events }: Prepared, result: AppendResult): boolean {
  if (result.status !== 'recorded') return false
  return result.events.some(
    ({ status, claimed = [] }, index) => status === 'recorded' && claimed.length < (events[index]?.tasks.length ?? 0),
  )
}
