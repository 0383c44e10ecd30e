import { formatPath, type Path } from '../config-diff/path.ts'
import type { JsonValue } from '../json.ts'
import { codeSpan } from './code.ts'
import { inlineValue } from './inline-value.ts'

/** Results shown; more belong behind the link. */
const MAX_RESULTS = 20
const MAX_DEPTH = 4

/** The section `## Evaluation`: each result with its path. Empty where there are none. */
export function renderEvaluation(evaluation: unknown): string {
  const results: string[] = []
  let more = 0
  collect(evaluation as JsonValue, [])
  if (results.length === 0) return ''
  const rest = more > 0 ? `\n- and ${more} more` : ''
  return `## Evaluation\n\n${results.join('\n')}${rest}`

  function collect(value: JsonValue | undefined, path: Path): void {
    if (value === undefined || value === null) return
    if (typeof value === 'object' && path.length < MAX_DEPTH && !Array.isArray(value)) {
      for (const key of Object.keys(value)) collect(value[key], [...path, key])
      return
    }
    const shown = inlineValue(value)
    if (shown === null || results.length >= MAX_RESULTS) more++
    else results.push(path.length === 0 ? `- ${shown}` : `- ${codeSpan(formatPath(path))}: ${shown}`)
  }
}
