import type { Redactor } from '../redaction/redactor.ts'
import { remember } from '../remember.ts'
import type { CaptureRedactor } from './capture.ts'

/** A receiver answers much the same each time. */
const KEEP = 500
/** Characters; longer answers are judged each time. */
const LONGEST = 2_048

/** The same redactor for JSON values and texts, which keeps its last answers. */
export function rememberRedactions(redactor: Pick<Redactor, 'value' | 'text' | 'url'>): CaptureRedactor {
  const text = remember((given) => redactor.text(given), KEEP, LONGEST)
  const url = remember((given) => redactor.url(given), KEEP, LONGEST)
  const json = remember((given) => JSON.stringify(redactor.value(JSON.parse(given))), KEEP, LONGEST)
  // No header's name has a colon in it (RFC 9110, 5.6.2).
  const header = remember((given) => headerOf(redactor, given), KEEP, LONGEST)
  return {
    text,
    header: (name, value) => header(`${name}:${value}`),
    url: (given) => url(String(given)),
    value(given) {
      const written = JSON.stringify(given)
      return written.length > LONGEST ? redactor.value(given) : JSON.parse(json(written))
    },
  }
}

function headerOf(redactor: Pick<Redactor, 'value'>, line: string): string {
  const colon = line.indexOf(':')
  const name = line.slice(0, colon)
  return String(Object.values(redactor.value({ [name]: line.slice(colon + 1) }) as object)[0])
}
