import { copyFileSync, mkdirSync, readFileSync, statSync } from 'node:fs'
import { dirname, join } from 'node:path'
import type { UserConfig } from 'vitepress'
import { root } from './pages.ts'

type Plugin = Extract<NonNullable<NonNullable<UserConfig['vite']>['plugins']>[number], { name: string }>

const PLACE = '/source/'
const ENDING = '.txt'
const linked = new Set<string>()

/** Where the site shows a file of the project that is no page, as plain text; null for a folder. */
export function placeOfSource(file: string): string | null {
  if (!statSync(join(root, file)).isFile()) return null
  linked.add(file)
  return `${PLACE}${file}${ENDING}`
}

/** Puts every file that a page links to into the site, once all pages are made. */
export function copySources({ outDir }: { outDir: string }): void {
  for (const file of linked) {
    const copy = join(outDir, `${PLACE}${file}${ENDING}`)
    mkdirSync(dirname(copy), { recursive: true })
    copyFileSync(join(root, file), copy)
  }
}

/** The same while the site is written and served. */
export const serveSources: Plugin = {
  name: 'sources',
  configureServer({ middlewares }) {
    middlewares.use((request, response, next) => {
      const path = decodeURI(request.url ?? '').split('?')[0] ?? ''
      const file = path.slice(PLACE.length, -ENDING.length)
      if (!path.startsWith(PLACE) || !linked.has(file)) return next()
      response.setHeader('content-type', 'text/plain; charset=utf-8')
      response.end(readFileSync(join(root, file)))
    })
  },
}
