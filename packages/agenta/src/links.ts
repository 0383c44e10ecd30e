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
 * A template such as `https://cloud.agenta.ai/p/{agenta_project_id}/apps/{app_id}`, with the names of `LinkParts` in
 * braces, or a function. No link where the template needs something that is not known.
 */
export type Links = string | ((parts: LinkParts) => string | undefined)

export type LinkTo = (parts: LinkParts) => string | undefined

export function linksBy(links: Links | undefined): LinkTo {
  if (links === undefined) return () => undefined
  return typeof links === 'function' ? links : (parts) => fill(links, parts)
}

function fill(template: string, parts: LinkParts): string | undefined {
  const values: Partial<Record<string, number | string>> = { ...parts }
  let known = true
  const filled = template.replace(/\{(\w+)\}/g, (_placeholder, name: string) => {
    const value = values[name]
    if (value === undefined) known = false
    return encodeURIComponent(value ?? '')
  })
  return known ? filled : undefined
}
