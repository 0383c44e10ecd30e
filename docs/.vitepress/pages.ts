import { existsSync, readdirSync, readFileSync } from 'node:fs'
import { join, resolve } from 'node:path'
import type { DefaultTheme } from 'vitepress'

export const root = resolve(import.meta.dirname, '../..')

/** The pages of `docs/`, by what a reader is after. One that is named nowhere here comes last, in a group of its own. */
const GROUPS: [group: string, ...pages: string[]][] = [
  ['Begin', 'get-started', 'embed-in-express', 'mounts'],
  ['Events and webhooks', 'events', 'webhooks', 'receive-webhooks'],
  ['Pull requests', 'pull-requests', 'forges', 'policies-and-gitops', 'compliance'],
  ['Run it', 'operations', 'security', 'admin-api', 'durability', 'benchmarks'],
  ['Extend it', 'write-a-plugin', 'write-a-source-plugin', 'write-a-vcs-plugin'],
  ['Inside', 'architecture'],
]

/** What is written in Markdown and is no page. The first two are what other places show in place of `docs/index.md`. */
export const EXCLUDED = [
  'README.md',
  'docs/README.md',
  '{bench,faults}/**',
  '**/CHANGELOG.md',
  '**/test/**',
  '**/.*/**',
]

/** Files whose place in the site is not their own name. */
const RENAMED: Record<string, string> = {
  'README.md': 'index.md',
  'docs/README.md': 'index.md',
  'CONTRIBUTING.md': 'contributing.md',
  'SECURITY.md': 'security-policy.md',
}

/** Where the site has a file of the project, as a path with its ending: `docs/events.md` is `events.md`. */
export function placeOf(file: string): string {
  return RENAMED[file] ?? file.replace(/^docs\//, '').replace(/\/README\.md$/, '.md')
}

/** Every page, grouped, named by its own first heading. */
export function sidebar(): DefaultTheme.SidebarItem[] {
  const pages = filesIn('docs').filter((file) => !/\/(index|README|reference)\.md$/.test(file))
  const fileOf = (name: string) => `docs/${name}.md`
  const placed = new Set(GROUPS.flatMap(([, ...names]) => names.map(fileOf)))
  const groups = GROUPS.map(([text, ...names]) => ({
    text,
    items: names
      .map(fileOf)
      .filter((file) => pages.includes(file))
      .map(item),
  }))
  const folded = (text: string, files: string[]) => ({ text, collapsed: true, items: files.map(item) })
  const all = [
    ...groups,
    { text: 'More', items: pages.filter((file) => !placed.has(file)).map(item) },
    { text: 'Reference', items: [item('docs/reference.md')] },
    folded('Public names', modules()),
    folded('Packages', readmesIn('packages')),
    folded('Examples', readmesIn('examples')),
    folded('Decisions', filesIn('docs/decisions')),
    folded('The project', ['CONTRIBUTING.md', 'SECURITY.md']),
  ]
  return all.filter(({ items }) => items.length > 0)
}

/** What is written from the sources, once it is: a page for each entry of each package. */
function modules(): string[] {
  const folder = 'docs/api/@pullwright'
  return [...readmesIn(folder), ...readmesIn(`${folder}/core`)].sort()
}

function readmesIn(folder: string): string[] {
  return namesIn(folder)
    .map((name) => `${folder}/${name}/README.md`)
    .filter((file) => existsSync(join(root, file)))
}

function filesIn(folder: string): string[] {
  return namesIn(folder)
    .filter((name) => name.endsWith('.md'))
    .map((name) => `${folder}/${name}`)
}

function namesIn(folder: string): string[] {
  return existsSync(join(root, folder)) ? readdirSync(join(root, folder)).sort() : []
}

function item(file: string): DefaultTheme.SidebarItem {
  const text = /^# (.+)$/m.exec(readFileSync(join(root, file), 'utf8'))?.[1] ?? file
  return { text: text.replaceAll('`', ''), link: `/${placeOf(file).replace(/\.md$/, '')}` }
}
