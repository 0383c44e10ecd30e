import { Gitlab } from '@gitbeaker/rest'
import { gitlab } from '@pullwright/gitlab'
import { fakeGitLab } from '@pullwright/testkit'
import { type Contender, ours } from './contender.ts'
import { BASE, BRANCH, type Deployment, LABELS, PATH, REPOSITORY, REVIEWER } from './deployment.ts'
import type { Forge } from './measure.ts'

/** As short as a script with the client library can be that does the same: it looks before it writes. */
const script: Contender = {
  name: '@gitbeaker/rest, a plain script',
  note: 'reads only the first page, keeps no foreign commits',
  connect(host, token) {
    const api = new Gitlab({ host, token })
    return {
      async publish(deployment: Deployment) {
        const [open] = await api.MergeRequests.all({
          ...{ projectId: REPOSITORY, sourceBranch: BRANCH, targetBranch: BASE, state: 'opened' as const, maxPages: 1 },
        })
        if (open === undefined) await create(api, deployment)
        else await update(api, open.iid, deployment)
      },
    }
  },
}

type Api = InstanceType<typeof Gitlab>

async function create(api: Api, { title, body, message, content }: Deployment): Promise<void> {
  const action = { action: 'create' as const, filePath: PATH, content }
  const { id } = await api.Commits.create(REPOSITORY, BRANCH, message, [action], { startBranch: BASE })
  const [reviewer] = await api.Users.all({ username: REVIEWER, maxPages: 1 })
  const { iid } = await api.MergeRequests.create(REPOSITORY, BRANCH, BASE, title, {
    ...{ description: body, labels: LABELS.join(','), reviewerIds: [reviewer?.id ?? 0], removeSourceBranch: true },
  })
  await api.MergeRequests.merge(REPOSITORY, iid, { autoMerge: true, squash: true, sha: id })
}

async function update(api: Api, iid: number, { title, body, message, content }: Deployment): Promise<void> {
  const file = await api.RepositoryFiles.show(REPOSITORY, PATH, BRANCH)
  if (Buffer.from(file.content, 'base64').toString('utf8') === content) return
  const action = { action: 'update' as const, filePath: PATH, content }
  const { id } = await api.Commits.create(REPOSITORY, BRANCH, message, [action])
  await api.MergeRequests.edit(REPOSITORY, iid, { title, description: body })
  await api.MergeRequests.merge(REPOSITORY, iid, { autoMerge: true, squash: true, sha: id })
}

export const GITLAB: Forge = {
  name: 'GitLab',
  asked: 'labels, a reviewer, auto-merge',
  contenders: [ours('pullwright', (baseUrl, token) => gitlab({ auth: { token }, baseUrl }), true), script],
  async open() {
    const fake = await fakeGitLab()
    await fake.state.createProject({
      ...{ path: REPOSITORY, ci: true, onlyAllowMergeIfPipelineSucceeds: true, members: { [REVIEWER]: 'developer' } },
    })
    const look = async () => fake.state.mergeRequests(REPOSITORY).map(({ title, labels }) => ({ title, labels }))
    return { ...fake, token: fake.state.createToken(), look }
  },
}
