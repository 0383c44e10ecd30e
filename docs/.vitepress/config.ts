import { defineConfig } from 'vitepress'
import { type MarkdownIt, plainPages, projectLinks } from './links.ts'
import { EXCLUDED, placeOf, sidebar } from './pages.ts'
import { copySources, serveSources } from './sources.ts'

/** Built from the project's Markdown and what typedoc wrote; needs no network, neither built nor read. */
export default defineConfig({
  title: 'Pullwright',
  description: 'Every deployment of a prompt or configuration becomes a pull request.',
  srcDir: '..',
  srcExclude: EXCLUDED,
  rewrites: placeOf,
  markdown: { config, anchor: { slugify: slugOf }, languageAlias: { sh: 'bash' } },
  vite: { plugins: [serveSources] },
  buildEnd: copySources,
  themeConfig: {
    search: { provider: 'local' },
    nav: [
      { text: 'Get started', link: '/get-started' },
      { text: 'Operations', link: '/operations' },
      { text: 'Reference', link: '/reference' },
    ],
    sidebar: sidebar(),
    outline: [2, 3],
  },
})

function config(md: MarkdownIt): void {
  plainPages(md)
  projectLinks(md)
}

/** As GitHub makes them, so that one link leads to a heading here and there. */
function slugOf(heading: string): string {
  return heading
    .trim()
    .toLowerCase()
    .replace(/[^\p{L}\p{M}\p{N}\p{Pc}\- ]/gu, '')
    .replaceAll(' ', '-')
}
