import { createHash } from 'node:crypto'
import { type PublishResult, type PullRequestSpec, type Vcs, VcsError } from '@pullwright/core'
import { vcsConformance } from '@pullwright/testkit'
import { expect, test } from 'vitest'
import { githubHarness } from './conformance-harness.ts'

/** An adapter with one fault, and a case that must notice it. */
interface Fault {
  fault: string
  noticedBy: string
  spoil(vcs: Vcs): Partial<Vcs>
}

const mapSpecs = (vcs: Vcs, change: (spec: PullRequestSpec) => PullRequestSpec): Partial<Vcs> => ({
  publishPullRequest: (spec, options) => vcs.publishPullRequest(change(spec), options),
})
const mapResults = (vcs: Vcs, change: (result: PublishResult) => PublishResult): Partial<Vcs> => ({
  publishPullRequest: async (spec, options) => change(await vcs.publishPullRequest(spec, options)),
})
const random = () => createHash('sha256').update(`${process.hrtime.bigint()}`).digest('hex')

const FAULTS: readonly Fault[] = [
  {
    fault: 'an identity that is new each time',
    noticedBy: 'updating: an equal identity writes nothing',
    spoil: (vcs) => mapSpecs(vcs, (spec) => ({ ...spec, identity: random() })),
  },
  {
    fault: 'a branch that is new each time',
    noticedBy: 'updating: a new identity goes on in the same pull request',
    spoil: (vcs) => mapSpecs(vcs, (spec) => ({ ...spec, branch: `${spec.branch}-${random().slice(0, 6)}` })),
  },
  {
    fault: 'an expected head that is not looked at',
    noticedBy: 'updating: a branch that moved from the commit expected is a conflict',
    spoil: (vcs) => mapSpecs(vcs, ({ expectedHead: _, ...spec }) => spec),
  },
  {
    fault: 'an order that is not kept',
    noticedBy: 'updating: a late older deployment writes nothing, and says so',
    spoil: (vcs) => mapSpecs(vcs, ({ order: _, ...spec }) => spec),
  },
  {
    fault: 'a policy for foreign commits that is not heard',
    noticedBy: 'foreign work: whoever asks for no foreign commits is told of them',
    spoil: (vcs) => mapSpecs(vcs, ({ onForeignCommits: _, ...spec }) => spec),
  },
  {
    fault: 'bytes sent as text',
    noticedBy: 'creating: bytes arrive as they are',
    spoil: (vcs) =>
      mapSpecs(vcs, (spec) => {
        const text = (content: string | Uint8Array | null) => content && Buffer.from(content).toString('utf8')
        return { ...spec, files: spec.files.map(({ path, content }) => ({ path, content: text(content) })) }
      }),
  },
  {
    fault: 'deletions that are left out',
    noticedBy: 'creating: files are deleted, and deleting what is not there changes nothing',
    spoil: (vcs) => mapSpecs(vcs, (spec) => ({ ...spec, files: spec.files.filter(({ content }) => content !== null) })),
  },
  {
    fault: 'a body cut in silence',
    noticedBy: 'refusing: a body over the limit is too large',
    spoil: (vcs) => mapSpecs(vcs, (spec) => ({ ...spec, body: spec.body.slice(0, 60_000) })),
  },
  {
    fault: 'labels that fail and are called applied',
    noticedBy: 'decorating: labels that fail are told, and the pull request is there',
    spoil: (vcs) =>
      mapResults(vcs, (result) => ({ ...result, steps: { ...result.steps, labels: { status: 'applied' } } })),
  },
  {
    fault: 'capabilities that deny what is done',
    noticedBy: 'decorating: what the capabilities deny is unsupported, and nothing else is',
    spoil: (vcs) => ({ capabilities: async (...call) => ({ ...(await vcs.capabilities(...call)), statuses: false }) }),
  },
  {
    fault: 'a merge of whatever stands there',
    noticedBy: 'concluding: a merge is pinned to the commit that was looked at',
    spoil: (vcs) => ({
      async mergePullRequest(ref, request, options) {
        const { head } = await vcs.getPullRequest(ref.repository, ref.number)
        return vcs.mergePullRequest(ref, { ...request, expectedHead: head }, options)
      },
    }),
  },
  {
    fault: 'a comment for every call',
    noticedBy: 'commenting: one comment for each marker: created, edited, left alone',
    spoil: (vcs) => ({
      upsertComment: (ref, comment, options) => {
        return vcs.upsertComment(ref, { ...comment, marker: random() }, options)
      },
    }),
  },
  {
    fault: 'a list of one page',
    noticedBy: 'reading: pull requests are listed over all pages',
    spoil: (vcs) => ({
      findPullRequests: async (...call) => (await vcs.findPullRequests(...call)).slice(0, 30),
    }),
  },
  {
    fault: 'a warning printed to the console',
    noticedBy: 'refusing: nothing is printed',
    spoil: (vcs) => ({
      async getPullRequest(repository, number) {
        console.warn(`cannot read ${number}`)
        return vcs.getPullRequest(repository, number)
      },
    }),
  },
  {
    fault: 'a credential in an error, whatever the case',
    noticedBy: 'failing: 403 on a read is permission or policy',
    spoil: (vcs) => ({
      findPullRequests: (...call) =>
        vcs.findPullRequests(...call).catch((cause: unknown) => {
          const [token] = vcs.secrets?.() ?? []
          throw new VcsError('permission', 'Not allowed.', { cause: new Error(`sent ${token}`, { cause }) })
        }),
    }),
  },
  {
    fault: 'auto-merge that is never switched off',
    noticedBy: 'auto-merge: false switches it off',
    spoil: (vcs) => mapSpecs(vcs, ({ autoMerge, ...spec }) => (autoMerge ? { ...spec, autoMerge } : spec)),
  },
  {
    fault: 'a second try under another name',
    noticedBy: 'failing: 502 on a write that had its effect duplicates nothing',
    spoil: (vcs) => ({
      publishPullRequest: (spec, options) => {
        const again = () => vcs.publishPullRequest({ ...spec, branch: `${spec.branch}-again` }, options)
        return vcs.publishPullRequest(spec, options).catch(again)
      },
    }),
  },
  {
    fault: 'a limit that is answered as a conflict',
    noticedBy: 'failing: 429 says how long to wait, and nothing more is sent',
    spoil: (vcs) => ({
      publishPullRequest: (spec, options) =>
        vcs
          .publishPullRequest(spec, options)
          .catch(() => ({ outcome: 'conflict', pullRequest: null, commit: null, steps: {}, reason: 'try again' })),
    }),
  },
]

test.each(FAULTS)('$fault is noticed', async ({ noticedBy, spoil }) => {
  const spoilt = vcsConformance({
    async open() {
      const setting = await githubHarness.open()
      return { ...setting, vcs: { ...setting.vcs, ...spoil(setting.vcs) } }
    },
  })
  const found = spoilt.find(({ name }) => name === noticedBy)
  if (found === undefined) throw new Error(`there is no case "${noticedBy}"`)
  await expect(found.run()).rejects.toThrow()
})
