import { PullwrightError } from '../errors.ts'

/** Literal text, or the variable that stands in its place. */
export type TemplatePart = string | { readonly variable: string }

/**
 * Compiles a text with `{{name}}` in it. There is nothing but names: no code, no conditions, and values are put in as
 * they are, once, so a value that holds `{{…}}` stays text. Throws `invalid-argument` for a name that is not among
 * `variables`, naming those that are. A variable without a value is empty.
 */
export function compileTemplate(
  text: string,
  variables: readonly string[],
): (values: Readonly<Record<string, string | undefined>>) => string {
  const parts = parseTemplate(text, variables)
  return (values) =>
    parts
      .map((part) => {
        if (typeof part === 'string') return part
        return Object.hasOwn(values, part.variable) ? String(values[part.variable] ?? '') : ''
      })
      .join('')
}

/** The same, as parts. */
export function parseTemplate(text: string, variables: readonly string[]): TemplatePart[] {
  const parts: TemplatePart[] = []
  const unknown = new Set<string>()
  let at = 0
  for (let open = text.indexOf('{{'); open >= 0; open = text.indexOf('{{', at)) {
    const close = text.indexOf('}}', open)
    if (close < 0) throw refused(`"{{" at character ${open} is never closed`, variables)
    const variable = text.slice(open + 2, close).trim()
    if (!variables.includes(variable)) unknown.add(variable)
    parts.push(text.slice(at, open), { variable })
    at = close + 2
  }
  parts.push(text.slice(at))
  if (unknown.size > 0) {
    const names = [...unknown].map((name) => `"{{${name.slice(0, 60)}}}"`)
    throw refused(`${names.join(', ')} ${names.length > 1 ? 'are no variables' : 'is no variable'}`, variables)
  }
  return parts.filter((part) => part !== '')
}

function refused(what: string, variables: readonly string[]): PullwrightError {
  const known = variables.length === 0 ? 'There are none here' : `There are: ${variables.join(', ')}`
  return new PullwrightError('invalid-argument', `In a template, ${what}. ${known}.`)
}
