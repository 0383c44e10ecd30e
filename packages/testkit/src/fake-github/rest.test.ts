import { readFileSync } from 'node:fs'
import { createRequire } from 'node:module'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { routeKeys } from './rest/find-route.ts'
import { REPOSITORY, type TestClient, testClient } from './test-client.ts'

const R = `/repos/${REPOSITORY}`
let client: TestClient

beforeEach(async () => {
  client = await testClient()
})

afterEach(async () => {
  await client.gh.close()
})

/** A branch with one commit ahead of main, and a pull request of it. */
async function open(branch = 'topic') {
  await client.gh.state.commit({ repository: REPOSITORY, branch, files: { [`${branch}.md`]: 'x\n' } })
  return client.rest('POST', `${R}/pulls`, { title: 'T', head: branch, base: 'main', body: 'B' })
}

describe('REST answers', () => {
  it('fit the response schemas that GitHub publishes, on every route', async () => {
    const { gh, rest } = client
    const pull = await open()
    const sha = pull.body.head.sha
    const readme = (await rest('GET', `${R}/contents/README.md`)).body.sha
    const deployment = await rest('POST', `${R}/deployments`, { ref: 'main', auto_merge: false, required_contexts: [] })
    const issue = await rest('POST', `${R}/issues`, { title: 'Broken', body: 'It is', labels: ['prompt'] })
    const comment = await rest('POST', `${R}/issues/1/comments`, { body: 'hello' })
    const tree = (await rest('GET', `${R}/git/commits/${sha}`)).body.tree.sha
    const entries = [
      { path: 'docs/new.md', mode: '100644', type: 'blob', content: 'new\n' },
      { path: 'topic.md', mode: '100644', type: 'blob', sha: null },
    ]
    const ok: [string, string, unknown?][] = [
      ['GET', '/'],
      ['GET', '/user'],
      ['GET', '/rate_limit'],
      ['GET', '/users/ann'],
      ['GET', '/orgs/acme/teams/reviewers'],
      ['GET', R],
      ['GET', `${R}/branches/main`],
      ['GET', `${R}/rules/branches/main`],
      ['GET', `${R}/git/ref/heads/main`],
      ['GET', `${R}/git/matching-refs/heads/`],
      ['POST', `${R}/git/refs`, { ref: 'refs/heads/new/one', sha }],
      ['PATCH', `${R}/git/refs/heads/new/one`, { sha, force: true }],
      ['DELETE', `${R}/git/refs/heads/new/one`],
      ['GET', `${R}/commits`],
      ['GET', `${R}/commits/main`],
      ['GET', `${R}/compare/main...topic`],
      ['GET', `${R}/git/commits/${sha}`],
      ['GET', `${R}/git/trees/topic?recursive=1`],
      ['GET', `${R}/git/blobs/${readme}`],
      ['POST', `${R}/git/trees`, { base_tree: tree, tree: entries }],
      ['POST', `${R}/git/commits`, { message: 'New', tree, parents: [sha] }],
      ['GET', `${R}/contents/README.md`],
      ['GET', `${R}/contents/docs`],
      ['PUT', `${R}/contents/docs/b.md`, { message: 'Add b', content: 'Yg==', branch: 'topic' }],
      ['GET', `${R}/pulls?state=all&per_page=5&page=1`],
      ['GET', `${R}/pulls/1`],
      ['PATCH', `${R}/pulls/1`, { title: 'New' }],
      ['GET', `${R}/pulls/1/commits`],
      ['GET', `${R}/pulls/1/files`],
      ['POST', `${R}/pulls/1/requested_reviewers`, { reviewers: ['ann'], team_reviewers: ['reviewers'] }],
      ['GET', `${R}/pulls/1/requested_reviewers`],
      ['DELETE', `${R}/pulls/1/requested_reviewers`, { reviewers: ['ann'] }],
      ['POST', `${R}/pulls/1/reviews`, { event: 'COMMENT', body: 'Nice' }],
      ['GET', `${R}/pulls/1/reviews`],
      ['GET', `${R}/labels`],
      ['POST', `${R}/labels`, { name: 'new', color: 'ff0000', description: 'd' }],
      ['GET', `${R}/labels/new`],
      ['POST', `${R}/issues/1/labels`, { labels: ['prompt', 'made-up'] }],
      ['GET', `${R}/issues/1/labels`],
      ['DELETE', `${R}/issues/1/labels/made-up`],
      ['PUT', `${R}/issues/1/labels`, { labels: ['prompt'] }],
      ['POST', `${R}/issues/1/assignees`, { assignees: ['ann'] }],
      ['GET', `${R}/issues/1/comments`],
      ['GET', `${R}/issues/comments/${comment.body.id}`],
      ['PATCH', `${R}/issues/comments/${comment.body.id}`, { body: 'edited' }],
      ['DELETE', `${R}/issues/comments/${comment.body.id}`],
      [
        'POST',
        `${R}/statuses/${sha}`,
        { state: 'success', context: 'ci', description: 'd', target_url: 'https://ci.test' },
      ],
      ['GET', `${R}/commits/${sha}/status`],
      ['GET', `${R}/commits/${sha}/statuses`],
      ['GET', `${R}/collaborators/ann`],
      ['GET', `${R}/collaborators/ann/permission`],
      ['GET', `${R}/deployments?environment=production&task=deploy&sha=none&ref=none`],
      ['GET', `${R}/deployments/${deployment.body.id}`],
      [
        'POST',
        `${R}/deployments/${deployment.body.id}/statuses`,
        { state: 'success', environment_url: 'https://x.test' },
      ],
      ['GET', `${R}/deployments/${deployment.body.id}/statuses`],
      ['GET', `${R}/issues?state=all&creator=pullwright-bot`],
      ['GET', `${R}/issues/${issue.body.number}`],
      ['PATCH', `${R}/issues/${issue.body.number}`, { state: 'closed', labels: ['made-up-too'] }],
      ['PUT', `${R}/pulls/1/merge`, { merge_method: 'squash' }],
      ['GET', `${R}/pulls/1/merge`],
    ]
    const refused: unknown[] = []
    for (const [method, path, body] of ok) {
      const answer = await rest(method, path, body)
      if (answer.status >= 300) refused.push([method, path, answer.status, answer.body])
    }
    expect(refused).toEqual([])
    expect(gh.violations).toEqual([])
  })

  it('make trees and commits one by one, as clients without GraphQL do', async () => {
    const { rest } = client
    const sha = (await open()).body.head.sha
    const base_tree = (await rest('GET', `${R}/git/commits/${sha}`)).body.tree.sha
    const entry = (path: string, more: object) => ({ path, mode: '100644', type: 'blob', ...more })
    const tree = [entry('docs/new.md', { content: 'new\n' }), entry('topic.md', { sha: null })]
    const made = await rest('POST', `${R}/git/trees`, { base_tree, tree })
    const commit = await rest('POST', `${R}/git/commits`, { message: 'New', tree: made.body.sha, parents: [sha] })
    await rest('PATCH', `${R}/git/refs/heads/topic`, { sha: commit.body.sha })
    const paths = (await rest('GET', `${R}/git/trees/topic?recursive=1`)).body.tree.map(
      (one: { path: string }) => one.path,
    )
    expect(paths).toContain('docs/new.md')
    expect(paths).toContain('README.md')
    expect(paths).not.toContain('topic.md')
  })

  it('come from routes that all stand in the published document', () => {
    const require = createRequire(import.meta.url)
    const file = require.resolve('@octokit/openapi/generated/api.github.com.json')
    const { paths } = JSON.parse(readFileSync(file, 'utf8'))
    const unknown = routeKeys().filter((key) => {
      const [method = '', path = ''] = key.split(' ')
      // The site's own page for signing people in is no part of the API.
      if (path.startsWith('/login/')) return false
      return paths[path]?.[method.toLowerCase()] === undefined
    })
    expect(unknown).toEqual([])
  })
})
