import { existsSync } from 'node:fs'
import { dirname, join, posix, relative } from 'node:path'
import type { MarkdownOptions } from 'vitepress'
import { placeOf, root } from './pages.ts'
import { placeOfSource } from './sources.ts'

export type MarkdownIt = Parameters<NonNullable<MarkdownOptions['config']>>[0]
type Token = ReturnType<MarkdownIt['parse']>[number]

/**
 * Pages link to each other as files, so that links also work where the files are read as they are. Here they are led to
 * where the site has those files. What is no page, a source or a licence, is shown as plain text; a folder is only named.
 */
export function projectLinks(md: MarkdownIt): void {
  md.core.ruler.push('project-links', ({ tokens, env }) => {
    const file = relative(root, env.realPath ?? env.path)
    for (const { children } of tokens) lead(children ?? [], file)
  })
}

/** Nothing in a page is a template of the site's framework, whatever braces it has. */
export function plainPages(md: MarkdownIt): void {
  const render = md.render.bind(md)
  md.render = (text, env) => `<div v-pre>${render(text, env)}</div>`
}

function lead(tokens: Token[], file: string): void {
  let unlinked = false
  for (const token of tokens) {
    if (token.type === 'link_open') {
      const to = destination(token.attrGet('href') ?? '', file)
      unlinked = to === null
      if (to !== null) token.attrSet('href', to)
    }
    if (unlinked && token.type.startsWith('link_'))
      Object.assign(token, { tag: 'span', attrs: null, type: 'text_span' })
    if (token.type === 'link_close') unlinked = false
  }
}

/** Null where the project has such a folder. */
function destination(href: string, file: string): string | null {
  if (href === '' || /^([a-z]+:|#|\/)/.test(href)) return href
  const [path = '', fragment] = href.split('#')
  const target = posix.join(dirname(file), decodeURI(path))
  if (path.endsWith('.md')) return `/${placeOf(target)}${fragment === undefined ? '' : `#${fragment}`}`
  return existsSync(join(root, target)) ? placeOfSource(target) : href
}
