import type { Redactor } from '../redaction/redactor.ts'
import { remember } from '../remember.ts'

/** A receiver answers much the same each time. */
const KEEP = 500
/** Characters; longer answers are judged each time. */
const LONGEST = 2_048

/** The same redactor for JSON values and texts, which keeps its last answers. */
export function rememberRedactions(
  redactor: Pick<Redactor, 'value' | 'text' | 'url'>,
): Pick<Redactor, 'value' | 'text' | 'url'> {
  const text = remember((given) => redactor.text(given), KEEP, LONGEST)
  const url = remember((given) => redactor.url(given), KEEP, LONGEST)
  const json = remember((given) => JSON.stringify(redactor.value(JSON.parse(given))), KEEP, LONGEST)
  return {
    text,
    url: (given) => url(String(given)),
    value(given) {
      const written = JSON.stringify(given)
      return written.length > LONGEST ? redactor.value(given) : JSON.parse(json(written))
    },
  }
}
