import type { JsonObject, JsonValue } from '@pullwright/core'

/** The text or number of that name at the top of an event's data; empty where there is none. */
export function textAt(data: JsonObject, name: string): string {
  const value = data[name]
  return typeof value === 'string' || typeof value === 'number' ? String(value) : ''
}

export function objectAt(value: JsonValue | undefined): JsonObject {
  return typeof value === 'object' && value !== null && !Array.isArray(value) ? value : {}
}

/** Absolute `http` and `https` URLs, as a browser writes them; everything else, and what is too long to click, is empty. */
export function webUrl(text: string): string {
  const url = text.length <= LONGEST_URL && URL.canParse(text) ? new URL(text) : null
  if (url === null || (url.protocol !== 'https:' && url.protocol !== 'http:')) return ''
  return url.username === '' && url.password === '' ? url.href : ''
}

/** Host and path: a query may hold a token. */
export function shownUrl(text: string): string {
  const href = webUrl(text)
  if (href === '') return ''
  const { origin, pathname } = new URL(href)
  return `${origin}${pathname}`
}

const LONGEST_URL = 500
