import { pathToFileURL } from 'node:url'
import { type CallOptions, PullwrightError, type Vcs, VcsError } from '@pullwright/core'
import { checkLength, hasCommentMarker, writeComment } from '@pullwright/core/vcs'
import { changeEntry, entryNumbered } from './change-entry.ts'
import { readEntries, toPullRequest } from './entry.ts'
import { inspect } from './inspect.ts'
import { mergePullRequest } from './merge.ts'
import { type Mirror, openMirror, type Person } from './mirror.ts'
import { type Place, publishPullRequest } from './publish.ts'
import { readFiles } from './read-files.ts'
import { CAPABILITIES, checkRepository, RULES } from './rules.ts'

export interface GitRemoteOptions {
  /** What routes refer to. Default `git-remote`. */
  name?: string
  /** Where the repositories are: a folder, or a URL such as `ssh://git@host/srv/git`. `acme/prompts` is `acme/prompts.git` there. */
  root: string
  /** Who commits. Nobody else may use this address: commits are ours by it. */
  author: Person
  clock?: { now(): number }
}

/** Any git remote as a forge: pull requests are branches, and files on the branch `pull-requests` that tell of them. */
export function gitRemote({ name = 'git-remote', root, author, clock = Date }: GitRemoteOptions): Vcs {
  if (root === '')
    throw new PullwrightError('invalid-argument', 'root must be a folder or a URL with repositories in it.')
  const base = (/^[a-z+]+:\/\//.test(root) ? root : pathToFileURL(root).href).replace(/\/+$/, '')
  const mirrors = new Map<string, Promise<Mirror>>()
  const turns = new Map<string, Promise<unknown>>()

  /** One piece of work at a time in a repository: its mirror is ours alone. */
  const at = <T>(repository: string, { signal }: CallOptions, work: (place: Place) => Promise<T>): Promise<T> => {
    const turn = (turns.get(repository) ?? Promise.resolve()).then(async () => {
      signal?.throwIfAborted()
      checkRepository(repository)
      const remote = `${base}/${repository}.git`
      const opening = mirrors.get(repository) ?? openMirror(remote, author)
      mirrors.set(repository, opening)
      const place = {
        mirror: await opening,
        remote: remote.replace(/\/\/[^/@]*@/, '//'),
        author,
        now: () => clock.now(),
      }
      return work(place).catch((error: unknown) => {
        signal?.throwIfAborted()
        throw error
      })
    })
    turns.set(
      repository,
      turn.catch(() => {}),
    )
    return turn
  }
  const unsupported = async () => {
    throw new VcsError('unsupported', 'A git remote keeps no commit statuses. Leave them out of the route.')
  }

  return {
    apiVersion: 1,
    name,
    async capabilities(repository) {
      checkRepository(repository)
      return CAPABILITIES
    },
    inspect: (repository, options = {}) => at(repository, options, (place) => inspect(place, repository, options)),
    readFiles: (repository, request, options = {}) =>
      at(repository, options, (place) => readFiles(place, request, options)),
    publishPullRequest: (spec, options = {}) =>
      at(spec.repository, options, (place) => publishPullRequest(place, spec, options)),
    findPullRequests: (repository, { state = 'open', branch, base }, options = {}) =>
      at(repository, options, async ({ mirror, remote }) => {
        await mirror.fetch(options)
        return (await readEntries(mirror)).entries
          .filter((one) => state === 'all' || one.state === state)
          .filter((one) => (branch ?? one.branch) === one.branch && (base ?? one.base) === one.base)
          .map((one) => toPullRequest(repository, remote, one))
          .reverse()
      }),
    getPullRequest: (repository, number, options = {}) =>
      at(repository, options, async ({ mirror, remote }) => {
        await mirror.fetch(options)
        return toPullRequest(repository, remote, entryNumbered((await readEntries(mirror)).entries, number))
      }),
    mergePullRequest: (ref, request, options = {}) =>
      at(ref.repository, options, (place) => mergePullRequest(place, ref, request, options)),
    async closePullRequest(ref, options = {}) {
      await at(ref.repository, options, (place) => {
        return changeEntry(
          place,
          ref,
          (e) => (e.state === 'open' ? { entry: { ...e, state: 'closed' } } : null),
          options,
        )
      })
    },
    async editLabels(ref, { add = [], remove = [] }, options = {}) {
      await at(ref.repository, options, (place) => {
        const edit = (labels: string[]) => [...new Set([...labels, ...add])].filter((one) => !remove.includes(one))
        return changeEntry(place, ref, (entry) => ({ entry: { ...entry, labels: edit(entry.labels) } }), options)
      })
    },
    upsertComment: (ref, comment, options = {}) =>
      at(ref.repository, options, async (place) => {
        const body = writeComment(comment)
        checkLength('comment', body, RULES.body, RULES)
        const ours = (one: { author: string; body: string }) =>
          one.author === author.name && hasCommentMarker(one.body, comment.marker)
        let outcome: 'created' | 'updated' | 'unchanged' = 'unchanged'
        const { comments } = await changeEntry(
          place,
          ref,
          (entry) => {
            const there = entry.comments.find(ours)
            outcome = there === undefined ? 'created' : there.body === body ? 'unchanged' : 'updated'
            if (outcome === 'unchanged') return null
            const id = there?.id ?? String(entry.comments.length + 1)
            const others = entry.comments.filter((one) => one.id !== id)
            const all = [...others, { id, author: author.name, body }].sort((a, b) => Number(a.id) - Number(b.id))
            return { entry: { ...entry, comments: all } }
          },
          options,
        )
        return { outcome, id: comments.find(ours)?.id ?? '', url: null }
      }),
    setStatus: unsupported,
    async close() {
      for (const mirror of mirrors.values()) await (await mirror).remove()
      mirrors.clear()
    },
  }
}
