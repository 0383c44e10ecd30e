import { compileTemplate, PullwrightError } from '@pullwright/core'

/** What a link may be made of; undefined where Agenta did not say. */
export interface LinkParts {
  agenta_project_id: string | undefined
  app_id: string | undefined
  app_name: string
  variant_id: string | undefined
  variant_name: string
  environment: string
  revision: number | string
  revision_id: string | undefined
}

/**
 * A template such as `https://cloud.agenta.ai/p/{{agenta_project_id}}/apps/{{app_id}}`, with the names of `LinkParts`,
 * or a function. No link where the template needs something that is not known.
 */
export type Links = string | ((parts: LinkParts) => string | undefined)

export type LinkTo = (parts: LinkParts) => string | undefined

const VARIABLES = [
  'agenta_project_id',
  'app_id',
  'app_name',
  'variant_id',
  'variant_name',
  'environment',
  'revision',
  'revision_id',
] as const satisfies readonly (keyof LinkParts)[]

/** Throws `invalid-argument` for a name that a template cannot have. */
export function linksBy(links: Links | undefined): LinkTo {
  if (links === undefined) return () => undefined
  return typeof links === 'function' ? links : filled(links)
}

function filled(template: string): LinkTo {
  const fill = compiled(template)
  const needed = VARIABLES.filter((name) => new RegExp(`\\{\\{\\s*${name}\\s*\\}\\}`).test(template))
  return (parts) => {
    if (needed.some((name) => parts[name] === undefined)) return undefined
    return fill(Object.fromEntries(needed.map((name) => [name, encodeURIComponent(String(parts[name]))])))
  }
}

function compiled(template: string): ReturnType<typeof compileTemplate> {
  try {
    return compileTemplate(template, VARIABLES)
  } catch (error) {
    throw new PullwrightError('invalid-argument', `agenta({ links }): ${(error as Error).message}`, { cause: error })
  }
}
