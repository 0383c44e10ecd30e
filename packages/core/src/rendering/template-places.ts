import { insideCode } from './code.ts'
import { fact } from './prose.ts'
import type { TemplatePart } from './template.ts'

/** Where a variable stands in a host's template, and what makes its value safe there. */
export const PLACES: Readonly<Record<string, (text: string) => string>> = {
  '': fact,
  'code:': insideCode,
  'address:': insideAddress,
}

/**
 * A template's variables with their place before their name: inside code, inside an address, a tag or a comment, or in the
 * text. A web address that fills the whole of a link stays one.
 */
export function placeVariables(template: readonly TemplatePart[]): TemplatePart[] {
  let written = ''
  return template.map((part) => {
    if (typeof part === 'string') {
      written += part
      return part
    }
    const place = placeAfter(written)
    const isLink = part.variable === 'url' && /(?:\]\(\s*<?|<[^<>]*\s[\w-]+\s*=\s*["']?|<)$/.test(written.slice(-1000))
    written += 'x'
    return place === '' || (isLink && place === 'address:') ? part : { variable: place + part.variable }
  })
}

const FENCE = /^ {0,3}(`{3,}|~{3,})/gm
const ADDRESS = /(?:\]\(\s*<?[^()\s]*|[a-z][\w+.-]*:\/\/[^\s`]*|<[A-Za-z/!?](?:(?!\n\n)[^<>])*)$/

function placeAfter(written: string): keyof typeof PLACES {
  if (written.lastIndexOf('<!--') > written.lastIndexOf('-->')) return 'address:'
  const fences = written.match(FENCE) ?? []
  const line = written.slice(written.lastIndexOf('\n') + 1)
  if (fences.length % 2 === 1 || (line.match(/`/g) ?? []).length % 2 === 1) return 'code:'
  return ADDRESS.test(written.slice(-1000)) ? 'address:' : ''
}

/** Also without what `encodeURIComponent` leaves and what ends a link, an attribute or emphasis. */
function insideAddress(text: string): string {
  return encodeURIComponent(Buffer.from(text).toString()).replace(
    /[!'()*]/g,
    (character) => `%${character.charCodeAt(0).toString(16)}`,
  )
}
