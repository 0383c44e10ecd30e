import type { AppendResult } from '@pullwright/core'
import { findConflict } from './document-writes.ts'
import { lineUp } from './keys.ts'
import type { Prepared } from './prepare.ts'
import { findReceipt } from './receipts.ts'
import { writeRecording } from './record.ts'
import type { Steps } from './steps.ts'
import { textOrNull } from './values.ts'

type Refusal = Exclude<AppendResult, { status: 'recorded' }>

export function* append(recording: Prepared): Steps<AppendResult> {
  const refusal = yield* refuse(recording)
  if (refusal !== null) return refusal
  const { result, keys } = yield* writeRecording(recording)
  yield* lineUp(keys)
  return result
}

/** Why the recording can't be written, or null. Changes nothing. */
export function* refuse({ receipt, documents }: Prepared): Steps<Refusal | null> {
  const seen = receipt === null ? null : yield* findReceipt(receipt)
  if (seen !== null) return { status: 'duplicate-receipt', eventId: textOrNull(seen.event_id) }
  const conflict = yield* findConflict(documents)
  return conflict === null ? null : { status: 'conflict', ...conflict }
}
