/** `{{ name }}` of Mustache, Handlebars and Jinja, with paths and filters; `{name}` of Python's format strings. */
const VARIABLE =
  /\{\{[#^/&~]?\s*([\p{L}_][\p{L}\p{N}_.-]{0,99})[^{}]{0,200}\}\}|(?<!\{)\{([\p{L}_][\p{L}\p{N}_.]{0,99})\}(?!\})/gu

export interface VariableChanges {
  added: string[]
  removed: string[]
}

/** The variables a prompt template names on one side only, in their order. */
export function templateVariables(before: string, after: string): VariableChanges {
  const old = variablesOf(before)
  const fresh = variablesOf(after)
  return {
    added: [...fresh].filter((name) => !old.has(name)),
    removed: [...old].filter((name) => !fresh.has(name)),
  }
}

function variablesOf(text: string): Set<string> {
  const names = new Set<string>()
  for (const match of text.matchAll(VARIABLE)) names.add(match[1] ?? match[2] ?? '')
  return names
}
