import { bitbucket } from '@pullwright/bitbucket'
import { fakeBitbucket } from '@pullwright/testkit'
import library from 'bitbucket/lib/index.umd.js'
import { type Contender, ours } from './contender.ts'
import { BASE, BRANCH, type Deployment, NAME, OWNER, PATH, REPOSITORY, REVIEWER } from './deployment.ts'
import type { Forge } from './measure.ts'

const ROUTE = { workspace: OWNER, repo_slug: NAME }

/** As short as a script with the client library can be that does the same: it looks before it writes. */
const script: Contender = {
  name: 'bitbucket, a plain script',
  note: 'keeps no foreign commits',
  connect(baseUrl, token) {
    const api = new library.Bitbucket({ baseUrl, auth: { token }, notice: false, request: { fetch: typed } })
    return {
      async publish(deployment: Deployment) {
        const q = `source.branch.name = "${BRANCH}" AND state = "OPEN"`
        const { data } = await api.pullrequests.list({ ...ROUTE, q })
        const [open] = data.values ?? []
        if (open?.id === undefined) await create(api, deployment)
        else await update(api, open.id, deployment)
      },
    }
  },
}

/** The library falls over an answer without a type, which the fake's empty 201 is. */
async function typed(...call: Parameters<typeof fetch>): Promise<Response> {
  const answer = await fetch(...call)
  if (answer.headers.has('content-type')) return answer
  const headers = new Headers(answer.headers)
  headers.set('content-type', 'text/html')
  return new Response(answer.body, { status: answer.status, headers })
}

type Api = InstanceType<typeof library.Bitbucket>

async function commit(api: Api, { message, content }: Deployment, parents: string): Promise<void> {
  await api.source.createFileCommit({ ...ROUTE, branch: BRANCH, message, parents, ...{ [`/${PATH}`]: content } })
}

async function create(api: Api, deployment: Deployment): Promise<void> {
  const { data: base } = await api.refs.getBranch({ ...ROUTE, name: BASE })
  await commit(api, deployment, base.target?.hash ?? '')
  const people = await api.workspaces.getMembersForWorkspace({ workspace: OWNER })
  const reviewer = people.data.values?.find(({ user }) => user?.nickname === REVIEWER)?.user
  await api.pullrequests.create({ ...ROUTE, _body: bodyOf(deployment, [{ type: 'user', uuid: reviewer?.uuid ?? '' }]) })
}

async function update(api: Api, id: number, deployment: Deployment): Promise<void> {
  const { data: branch } = await api.refs.getBranch({ ...ROUTE, name: BRANCH })
  const at = { ...ROUTE, commit: branch.target?.hash ?? '', path: PATH }
  const { data: there } = await api.source.read(at)
  if (textOf(there) === deployment.content) return
  await commit(api, deployment, at.commit)
  const { data: whole } = await api.pullrequests.get({ ...ROUTE, pull_request_id: id })
  // Without its reviewers it would lose them.
  await api.pullrequests.update({ ...ROUTE, pull_request_id: id, _body: bodyOf(deployment, whole.reviewers ?? []) })
}

function bodyOf({ title, body }: Deployment, reviewers: { type: string; uuid?: string }[]) {
  const branch = (name: string) => ({ branch: { name } })
  return {
    ...{ type: 'pullrequest', title, description: body, source: branch(BRANCH), destination: branch(BASE) },
    reviewers: reviewers.map(({ type, uuid = '' }) => ({ type, uuid })),
  }
}

function textOf(file: unknown): string {
  if (typeof file === 'string') return file
  return file instanceof ArrayBuffer ? Buffer.from(file).toString('utf8') : ''
}

export const BITBUCKET: Forge = {
  name: 'Bitbucket',
  asked: 'a reviewer',
  contenders: [ours('pullwright', (baseUrl, token) => bitbucket({ auth: { token }, baseUrl }), false), script],
  async open() {
    const fake = await fakeBitbucket()
    await fake.state.createRepository({ workspace: OWNER, slug: NAME, permissions: { [REVIEWER]: 'write' } })
    fake.state.addMember(OWNER, REVIEWER)
    const look = async () => (await fake.state.pullRequests(REPOSITORY)).map(({ title }) => ({ title, labels: [] }))
    return { ...fake, token: fake.state.createToken(), look }
  },
}
