import type { PullRequest } from '@pullwright/core'
import { type JobFile, readMarker } from '@pullwright/core/vcs'
import type { Mirror } from './mirror.ts'

/** The branch that holds the pull requests: for each a `N.json` for this adapter and a `N.md` for people. */
export const PULL_REQUESTS = 'pull-requests'

/** What we keep of a pull request. */
export interface Entry {
  number: number
  title: string
  body: string
  state: 'open' | 'merged' | 'closed'
  draft: boolean
  base: string
  branch: string
  /** Where the branch stood when this was written; an open one may have moved since. */
  head: string
  labels: string[]
  author: string
  mergeCommit: string | null
  mergedAt: number | null
  comments: { id: string; author: string; body: string }[]
}

/** All of them, oldest first, and the commit they were read at. `lost`: closed by whoever deleted the branch, and not written so yet. */
export async function readEntries(mirror: Mirror): Promise<{ at: string | null; entries: Entry[]; lost: Entry[] }> {
  const at = await mirror.resolve(`refs/heads/${PULL_REQUESTS}`)
  if (at === null) return { at, entries: [], lost: [] }
  const names = (await mirror.git(['ls-tree', '--name-only', at])).split('\n').filter((name) => name.endsWith('.json'))
  const entries: Entry[] = []
  for (const name of names) entries.push(JSON.parse(await mirror.git(['cat-file', 'blob', `${at}:${name}`])))
  const lost: Entry[] = []
  for (const entry of entries.filter(({ state }) => state === 'open')) {
    const head = await mirror.resolve(`refs/heads/${entry.branch}`)
    entry.head = head ?? entry.head
    if (head !== null) continue
    entry.state = 'closed'
    lost.push(entry)
  }
  return { at, entries: entries.sort((a, b) => a.number - b.number), lost }
}

/** The two files of an entry, to be committed to `PULL_REQUESTS`. */
export function filesOf(entry: Entry): JobFile[] {
  const file = (path: string, text: string): JobFile => ({ path, content: Buffer.from(text), oid: null })
  return [
    file(`${entry.number}.json`, `${JSON.stringify(entry, null, 2)}\n`),
    file(`${entry.number}.md`, render(entry)),
  ]
}

export function toPullRequest(repository: string, remote: string, entry: Entry): PullRequest {
  const { mergedAt: _at, comments: _comments, mergeCommit, ...rest } = entry
  const marker = readMarker(entry.body)
  return {
    ...rest,
    repository,
    url: `${remote}#${PULL_REQUESTS}/${entry.number}.md`,
    marker: marker === null ? null : { kind: marker.kind, identity: marker.identity },
    ...(mergeCommit === null ? {} : { mergeCommit }),
  }
}

function render({ number, title, body, state, draft, base, branch, labels, author, comments }: Entry): string {
  const facts = [
    `${state}${draft ? ', draft' : ''}: \`${branch}\` into \`${base}\`, by ${author}`,
    ...(labels.length === 0 ? [] : [`labels: ${labels.join(', ')}`]),
  ]
  const talk = comments.map((one) => `\n---\n\n**${one.author}**\n\n${one.body}\n`)
  return `# ${title} (#${number})\n\n${facts.join('  \n')}\n\n${body}\n${talk.join('')}`
}
