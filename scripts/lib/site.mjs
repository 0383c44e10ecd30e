import { readdirSync, readFileSync, rmSync } from 'node:fs'
import { dirname, join, posix } from 'node:path'
import { root } from './root.mjs'
import { tool } from './tool.mjs'

const site = join(root, 'docs/.vitepress/dist')

/**
 * Writes the reference from the sources and builds the documentation as a site, without a network. Throws what is wrong:
 * a warning about a comment, a link to a page that is not there, a link to a heading that is not there.
 */
export async function buildSite() {
  await writeReference()
  await tool('vitepress/bin/vitepress.js', 'build', 'docs')
  const dead = deadFragments()
  if (dead.length > 0) throw new Error(`These links lead to no heading:\n${dead.join('\n')}`)
  return site
}

/** `docs/api`, which the site shows as its reference of public names. */
export async function writeReference() {
  rmSync(join(root, 'docs/api'), { recursive: true, force: true })
  await tool('typedoc/bin/typedoc')
}

/** The links with a `#` to which no page has an element, each with the page it is on. */
function deadFragments() {
  const pages = new Map(
    readdirSync(site, { recursive: true })
      .filter((path) => path.endsWith('.html'))
      .map((path) => [`/${path}`, readFileSync(join(site, path), 'utf8')]),
  )
  const ids = new Map([...pages].map(([page, html]) => [page, new Set(all(html, /\sid="([^"]+)"/g))]))
  return [...pages].flatMap(([page, html]) =>
    all(html, /<a [^>]*href="([^"]*#[^"]+)"/g)
      .filter((href) => !/^[a-z]+:/.test(href))
      .filter((href) => {
        const [path, fragment] = href.split('#')
        const target = path === '' ? page : posix.resolve(dirname(page), path)
        return !ids.get(target)?.has(decodeURIComponent(fragment))
      })
      .map((href) => `${page}: ${href}`),
  )
}

function all(text, pattern) {
  return [...text.matchAll(pattern)].map(([, found]) => found)
}
