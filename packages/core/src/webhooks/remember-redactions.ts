import type { Redactor } from '../redaction/redactor.ts'
import { remember } from '../remember.ts'
import type { CaptureRedactor, ShownHeader } from './capture.ts'

/** A receiver answers much the same each time. */
const KEEP = 500
/** Characters; longer answers are judged each time. */
const LONGEST = 2_048

/** Hides what captures show, and keeps its last answers. */
export function rememberRedactions(redactor: Pick<Redactor, 'value' | 'text' | 'url'>): CaptureRedactor {
  const url = remember((given) => redactor.url(given), KEEP, LONGEST)
  // No header's name has a colon in it (RFC 9110, 5.6.2).
  const header = remember((line) => headerOf(redactor, line), KEEP, LONGEST)
  const body = remember((text) => bodyOf(redactor, text), KEEP, LONGEST)
  return {
    text: (given) => redactor.text(given),
    header: (name, value) => header(`${name}:${value}`),
    url: (given) => url(String(given)),
    body,
  }
}

function headerOf(redactor: Pick<Redactor, 'value' | 'text'>, line: string): ShownHeader {
  const colon = line.indexOf(':')
  const name = line.slice(0, colon)
  const shown = redactor.value({ [name]: redactor.text(line.slice(colon + 1)) })
  return { name: redactor.text(name), value: String(Object.values(shown)[0]) }
}

/** Members are hidden by name where the names can be told; what is left is hidden by its looks. */
function bodyOf(redactor: Pick<Redactor, 'value' | 'text'>, text: string): string {
  const json = parseJson(text)
  return json === undefined ? redactor.text(text) : JSON.stringify(redactor.value(json))
}

function parseJson(text: string): unknown {
  if (!/^\s*[[{]/.test(text)) return undefined
  try {
    return JSON.parse(text)
  } catch {
    return undefined
  }
}
