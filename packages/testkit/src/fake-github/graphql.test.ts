import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { REPOSITORY, type TestClient, testClient } from './test-client.ts'

const ZEROS = '0'.repeat(40)
let client: TestClient

beforeEach(async () => {
  client = await testClient()
})

afterEach(async () => {
  await client.gh.close()
})

const READ = `query Read($owner: String!, $name: String!, $branch: String!) {
  repository(owner: $owner, name: $name) {
    id autoMergeAllowed
    base: ref(qualifiedName: "refs/heads/main") { target { oid } }
    head: ref(qualifiedName: $branch) { target { oid ... on Commit { history(first: 5) { nodes { author { user { login } } } } } } }
    file: object(expression: "main:README.md") { ... on Blob { oid text isBinary isTruncated byteSize } }
    missing: object(expression: "main:nope.md") { oid }
    pullRequests(first: 5, states: [OPEN], headRefName: "topic") { nodes { id number body } }
    label(name: "PROMPT") { id }
  }
  rateLimit { remaining }
}`

const WRITE = `mutation Write($id: ID!, $refs: [RefUpdate!]!, $commit: CreateCommitOnBranchInput!, $pull: CreatePullRequestInput!) {
  updateRefs(input: { repositoryId: $id, refUpdates: $refs, clientMutationId: "mine" }) { clientMutationId }
  createCommitOnBranch(input: $commit) { commit { oid } }
  createPullRequest(input: $pull) { pullRequest { id number headRefOid } }
}`

async function read() {
  const { data } = await client.graphql(READ, { owner: 'acme', name: 'prompts', branch: 'refs/heads/topic' })
  return data.repository
}

/** What the main job does in its second request. */
async function write(
  changes: { expected?: string; before?: string; files?: Record<string, string>; deletions?: string[] } = {},
) {
  const repository = await read()
  const oid = changes.expected ?? repository.base.target.oid
  const additions = Object.entries(changes.files ?? { 'new.md': 'new\n' }).map(([path, text]) => ({
    path,
    contents: Buffer.from(text).toString('base64'),
  }))
  return client.graphql(WRITE, {
    id: repository.id,
    refs: [{ name: 'refs/heads/topic', beforeOid: changes.before ?? ZEROS, afterOid: repository.base.target.oid }],
    commit: {
      branch: { repositoryNameWithOwner: REPOSITORY, branchName: 'topic' },
      expectedHeadOid: oid,
      message: { headline: 'Deploy', body: 'It' },
      fileChanges: { additions, deletions: (changes.deletions ?? []).map((path) => ({ path })) },
    },
    pull: { repositoryId: repository.id, baseRefName: 'main', headRefName: 'topic', title: 'T', body: 'B' },
  })
}

async function opened() {
  const { data } = await write()
  return data.createPullRequest.pullRequest as { id: string; number: number; headRefOid: string }
}

describe('the short way to a pull request', () => {
  it('reads, writes and decorates in three requests', async () => {
    const { gh } = client
    gh.state.updateRepository(REPOSITORY, {
      allowAutoMerge: true,
      protectedBranches: { main: { requiredApprovals: 1 } },
    })
    const { data, errors } = await write()
    expect(errors).toEqual([])
    expect(data.updateRefs.clientMutationId).toBe('mine')
    const before = await read()
    expect(before.head.target.oid).toBe(data.createCommitOnBranch.commit.oid)
    expect(before.head.target.history.nodes[0].author.user.login).toBe('pullwright-bot')
    expect(before.file).toMatchObject({ text: '# prompts\n', isBinary: false, isTruncated: false, byteSize: 10 })
    expect(before.missing).toBeNull()
    const { data: ids } = await client.graphql(
      '{ user(login: "ann") { id } organization(login: "acme") { team(slug: "reviewers") { id } } }',
    )
    const decorated = await client.graphql(
      `mutation($p: ID!, $label: [ID!]!, $user: [ID!]!, $team: [ID!], $head: GitObjectID) {
        addLabelsToLabelable(input: { labelableId: $p, labelIds: $label }) { labelable { ... on PullRequest { number } } }
        requestReviews(input: { pullRequestId: $p, userIds: $user, teamIds: $team, union: true }) { clientMutationId }
        addAssigneesToAssignable(input: { assignableId: $p, assigneeIds: $user }) { clientMutationId }
        enablePullRequestAutoMerge(input: { pullRequestId: $p, expectedHeadOid: $head, mergeMethod: SQUASH }) { clientMutationId }
      }`,
      {
        p: before.pullRequests.nodes[0].id,
        label: [before.label.id],
        user: [ids.user.id],
        team: [ids.organization.team.id],
        head: before.head.target.oid,
      },
    )
    expect(decorated.errors).toEqual([])
    expect(await gh.state.pullRequest(REPOSITORY, 1)).toMatchObject({
      state: 'open',
      labels: ['prompt'],
      reviewers: ['ann'],
      teamReviewers: ['reviewers'],
      assignees: ['ann'],
      autoMerge: { method: 'SQUASH', enabledBy: 'pullwright-bot' },
    })
    expect(gh.violations).toEqual([])
  })

  it('makes real commits in a real repository, signed as GitHub signs', async () => {
    await opened()
    const [commit] = await client.gh.state.commits(REPOSITORY, 'topic')
    expect(commit).toMatchObject({
      message: 'Deploy\n\nIt',
      author: { name: 'pullwright-bot' },
      committer: { name: 'GitHub', email: 'noreply@github.com' },
    })
    expect(await client.gh.state.files(REPOSITORY, 'topic')).toEqual({
      'README.md': '# prompts\n',
      'docs/a.md': 'a\n',
      'new.md': 'new\n',
    })
  })

  it('runs later root fields after a failed one, each with an error of its own', async () => {
    await opened()
    const head = (await read()).head.target.oid
    const { status, data, errors } = await write()
    expect(status).toBe(200)
    expect(data).toEqual({ updateRefs: null, createCommitOnBranch: null, createPullRequest: { pullRequest: null } })
    const base = (await read()).base.target.oid
    expect(errors.map(({ type, path, message }) => [type, path?.[0], message])).toEqual([
      ['UNPROCESSABLE', 'updateRefs', 'A ref named "refs/heads/topic" already exists in the repository.'],
      [
        'STALE_DATA',
        'createCommitOnBranch',
        `Expected branch to point to "${base}" but it did not.  Pull and try again.`,
      ],
      ['UNPROCESSABLE', 'createPullRequest', 'A pull request already exists for acme:topic.'],
    ])
    expect((await read()).head.target.oid).toBe(head)
  })

  it('lets one of many racing commits win', async () => {
    const { headRefOid } = await opened()
    const commit = (n: number) =>
      client.graphql(
        'mutation($c: CreateCommitOnBranchInput!) { createCommitOnBranch(input: $c) { commit { oid } } }',
        {
          c: {
            branch: { repositoryNameWithOwner: REPOSITORY, branchName: 'topic' },
            expectedHeadOid: headRefOid,
            message: { headline: `Race ${n}` },
            fileChanges: { additions: [{ path: 'race.md', contents: Buffer.from(String(n)).toString('base64') }] },
          },
        },
      )
    const answers = await Promise.all([1, 2, 3, 4, 5, 6].map(commit))
    expect(answers.filter((answer) => answer.errors.length === 0)).toHaveLength(1)
    expect(answers.flatMap((answer) => answer.errors.map((error) => error.type))).toEqual(Array(5).fill('STALE_DATA'))
  })
})

describe('createCommitOnBranch', () => {
  it.each([
    ['a path to delete that is not there', { deletions: ['nope.md'] }, /requested for deletion which does not exist/],
    ['a file where a folder is', { files: { docs: 'x' } }, /cannot share the path/],
    ['a folder where a file is', { files: { 'README.md/x': 'x' } }, /cannot share the path/],
    ['a path that leaves the tree', { files: { '../x': 'x' } }, /malformed path component/],
    ['a path of .git', { files: { '.git/config': 'x' } }, /malformed path component/],
    ['a workflow without the permission', { files: { '.github/workflows/x.yml': 'x' } }, /refusing to allow/],
  ])('refuses %s', async (_, changes, message) => {
    const { data, errors } = await write(changes)
    expect(data.createCommitOnBranch).toBeNull()
    expect(errors[0]?.message).toMatch(message)
    expect(errors.at(-1)?.message).toBe('No commits between main and topic')
  })

  it('replaces a file by a folder when both are in the commit', async () => {
    const { errors } = await write({ files: { 'README.md/x': 'x' }, deletions: ['README.md'] })
    expect(errors).toEqual([])
  })

  it.each([
    ['classic', 'BRANCH_PROTECTION_RULE_VIOLATION', 'Changes must be made through a pull request.'],
    [
      'ruleset',
      'UNPROCESSABLE',
      'Repository rule violations found\n\nChanges must be made through a pull request.\n\n',
    ],
  ] as const)('refuses a branch under %s protection', async (kind, type, message) => {
    client.gh.state.updateRepository(REPOSITORY, { protectedBranches: { topic: { kind } } })
    const { errors } = await write()
    expect(errors[0]).toMatchObject({ path: ['createCommitOnBranch'], type, message })
  })
})

describe('createPullRequest', () => {
  const CREATE = 'mutation($i: CreatePullRequestInput!) { createPullRequest(input: $i) { pullRequest { number } } }'

  it.each([
    [
      { headRefName: 'nope' },
      "Head sha can't be blank, Base sha can't be blank, No commits between main and nope, Head ref must be a branch",
    ],
    [
      { baseRefName: 'nope' },
      "Head sha can't be blank, Base sha can't be blank, No commits between nope and topic, Base ref must be a branch",
    ],
    [{ headRefName: 'same' }, 'No commits between main and same'],
    [{ body: 'x'.repeat(65_537) }, 'Body is too long (maximum is 65536 characters)'],
    [{ title: '' }, "Title can't be blank"],
    [{ title: 'x'.repeat(257) }, 'Title is too long (maximum is 256 characters)'],
  ])('refuses %#', async (changes, message) => {
    const { gh, graphql } = client
    await gh.state.commit({ repository: REPOSITORY, branch: 'topic', files: { 'x.md': 'x' } })
    await gh.state.createBranch(REPOSITORY, 'same')
    const repositoryId = (await read()).id
    const { data, errors } = await graphql(CREATE, {
      i: { repositoryId, baseRefName: 'main', headRefName: 'topic', title: 'T', ...changes },
    })
    expect(data).toEqual({ createPullRequest: { pullRequest: null } })
    expect(errors).toMatchObject([{ type: 'UNPROCESSABLE', path: ['createPullRequest'], message }])
  })

  it('counts characters, not halves of them', async () => {
    await client.gh.state.commit({ repository: REPOSITORY, branch: 'topic', files: { 'x.md': 'x' } })
    const i = {
      repositoryId: (await read()).id,
      baseRefName: 'main',
      headRefName: 'topic',
      title: 'T',
      body: '🦑'.repeat(65_536),
    }
    expect((await client.graphql(CREATE, { i })).errors).toEqual([])
  })
})

describe('reviews, labels and auto-merge', () => {
  const REVIEW = `mutation($p: ID!, $u: [ID!], $t: [ID!], $union: Boolean) {
    requestReviews(input: { pullRequestId: $p, userIds: $u, teamIds: $t, union: $union }) { clientMutationId }
  }`
  const AUTO = `mutation($p: ID!, $head: GitObjectID) {
    enablePullRequestAutoMerge(input: { pullRequestId: $p, expectedHeadOid: $head, mergeMethod: SQUASH }) { clientMutationId }
  }`

  it('replaces reviewers unless union is asked for', async () => {
    const { id } = await opened()
    const [ann, bob] = ['ann', 'bob'].map((login) => client.gh.state.createUser({ login }).id)
    await client.graphql(REVIEW, { p: id, u: [ann] })
    await client.graphql(REVIEW, { p: id, u: [bob], union: true })
    expect((await client.gh.state.pullRequest(REPOSITORY, 1)).reviewers).toEqual(['ann', 'bob'])
    await client.graphql(REVIEW, { p: id, u: [bob] })
    expect((await client.gh.state.pullRequest(REPOSITORY, 1)).reviewers).toEqual(['bob'])
  })

  it('refuses the author, outsiders and unknown ids, and leaves the others out too', async () => {
    const { id } = await opened()
    const author = client.gh.state.createUser({ login: 'pullwright-bot' }).id
    const outsider = client.gh.state.createUser({ login: 'stranger', outsider: true }).id
    const messages = []
    for (const u of [[author], [outsider], ['U_nope']])
      messages.push((await client.graphql(REVIEW, { p: id, u })).errors[0]?.message)
    expect(messages[0]).toBe('Review cannot be requested from pull request author.')
    expect(messages[1]).toContain('is not a collaborator of the acme/prompts repository')
    expect(messages[2]).toBe("Could not resolve to User node with the global id of 'U_nope'.")
    expect((await client.gh.state.pullRequest(REPOSITORY, 1)).reviewers).toEqual([])
  })

  it('refuses auto-merge where it is off, where nothing is missing, and where the head has moved', async () => {
    const { gh, graphql } = client
    const { id, headRefOid } = await opened()
    const messages: (string | undefined)[] = []
    const ask = async (head = headRefOid) => messages.push((await graphql(AUTO, { p: id, head })).errors[0]?.message)
    await ask()
    gh.state.updateRepository(REPOSITORY, { allowAutoMerge: true })
    await ask()
    await gh.state.setStatus(REPOSITORY, { sha: headRefOid, context: 'ci', state: 'pending' })
    await ask()
    await ask(ZEROS)
    expect(messages).toEqual([
      'Pull request Auto merge is not allowed for this repository',
      'Pull request Pull request is in clean status',
      'Pull request Pull request is in unstable status',
      'Head branch was modified. Review and try the merge again.',
    ])
  })

  it('merges by itself once the missing check has come', async () => {
    const { gh, graphql } = client
    gh.state.updateRepository(REPOSITORY, {
      allowAutoMerge: true,
      protectedBranches: { main: { requiredChecks: ['ci'] } },
    })
    const { id, headRefOid } = await opened()
    expect((await graphql(AUTO, { p: id, head: headRefOid })).errors).toEqual([])
    await gh.state.setStatus(REPOSITORY, { sha: headRefOid, context: 'ci', state: 'success' })
    expect((await gh.state.pullRequest(REPOSITORY, 1)).state).toBe('merged')
    expect(await gh.state.file(REPOSITORY, 'new.md')).toBe('new\n')
  })

  it('makes a label once, whatever its case', async () => {
    const make = 'mutation($i: CreateLabelInput!) { createLabel(input: $i) { label { id name color } } }'
    const repositoryId = (await read()).id
    const first = await client.graphql(make, { i: { repositoryId, name: 'Deploy', color: '0E8A16' } })
    expect(first.data.createLabel.label).toMatchObject({ name: 'Deploy', color: '0e8a16' })
    const again = await client.graphql(make, { i: { repositoryId, name: 'deploy', color: '0e8a16' } })
    expect(again.errors[0]).toMatchObject({ type: 'UNPROCESSABLE', message: 'Name has already been taken' })
  })

  it('keeps comments, and edits them in place', async () => {
    const { id } = await opened()
    const add = 'mutation($i: AddCommentInput!) { addComment(input: $i) { commentEdge { node { id body } } } }'
    const { data } = await client.graphql(add, { i: { subjectId: id, body: 'one' } })
    const edit = 'mutation($i: UpdateIssueCommentInput!) { updateIssueComment(input: $i) { issueComment { body } } }'
    await client.graphql(edit, { i: { id: data.addComment.commentEdge.node.id, body: 'two' } })
    expect((await client.gh.state.pullRequest(REPOSITORY, 1)).comments).toMatchObject([
      { author: 'pullwright-bot', body: 'two' },
    ])
  })
})

describe('what GitHub would not understand', () => {
  it('is refused and noted: an unknown field, an unknown argument, a bad variable, no query', async () => {
    const { gh, graphql } = client
    const field = await graphql('{ viewer { login nope } }')
    expect(field.data).toBeUndefined()
    expect(field.errors).toMatchObject([
      { message: "Field 'nope' doesn't exist on type 'User'", extensions: { code: 'undefinedField' } },
    ])
    await graphql('{ user(login: "ann", nope: 1) { id } }')
    await graphql('query($o: GitObjectID!) { repository(owner: "acme", name: "prompts") { object(oid: $o) { id } } }', {
      o: 'x',
    })
    await graphql('{ viewer {')
    expect(gh.violations).toHaveLength(4)
  })

  it('is refused and noted where the fake does not model a field that GitHub has', async () => {
    const { errors } = await client.graphql('{ repository(owner: "acme", name: "prompts") { forkCount } }')
    expect(errors[0]?.message).toBe('fakeGitHub does not model Repository.forkCount')
    expect(client.gh.violations).toEqual(['GraphQL: fakeGitHub does not model Repository.forkCount'])
  })

  it('wants bounds on every connection, of a hundred at most', async () => {
    const ask = async (args: string) =>
      (await client.graphql(`{ repository(owner: "acme", name: "prompts") { labels${args} { nodes { name } } } }`))
        .errors[0]
    expect(await ask('')).toMatchObject({ type: 'MISSING_PAGINATION_BOUNDARIES' })
    expect(await ask('(first: 101)')).toMatchObject({ type: 'EXCESSIVE_PAGINATION' })
    expect(await ask('(first: 100)')).toBeUndefined()
  })

  it('includes requestReviewsByLogin, unless the host has that feature', async () => {
    const query = 'mutation { requestReviewsByLogin(input: { pullRequestId: "x" }) { clientMutationId } }'
    expect((await client.graphql(query)).data).toBeUndefined()
    await client.gh.close()
    client = await testClient({ features: ['requestReviewsByLogin'] })
    const { id } = await opened()
    const answer = await client.graphql(
      'mutation($i: RequestReviewsByLoginInput!) { requestReviewsByLogin(input: $i) { pullRequest { number } } }',
      { i: { pullRequestId: id, userLogins: ['ann'], teamSlugs: ['acme/reviewers'], union: true } },
    )
    expect(answer.errors).toEqual([])
    expect(await client.gh.state.pullRequest(REPOSITORY, 1)).toMatchObject({
      reviewers: ['ann'],
      teamReviewers: ['reviewers'],
    })
  })

  it('pages through history by cursor', async () => {
    for (const n of [1, 2, 3])
      await client.gh.state.commit({ repository: REPOSITORY, branch: 'main', files: { 'n.md': `${n}` } })
    const page = (after: string | null) =>
      client.graphql(
        `query($after: String) { repository(owner: "acme", name: "prompts") { ref(qualifiedName: "main") { target { ... on Commit {
          history(first: 3, after: $after) { totalCount pageInfo { hasNextPage endCursor } nodes { oid } } } } } } }`,
        { after },
      )
    const first = (await page(null)).data.repository.ref.target.history
    const second = (await page(first.pageInfo.endCursor)).data.repository.ref.target.history
    expect([first.totalCount, first.nodes.length, first.pageInfo.hasNextPage]).toEqual([4, 3, true])
    expect([second.nodes.length, second.pageInfo.hasNextPage]).toEqual([1, false])
  })
})

describe('what can be read', () => {
  it('is all of a pull request, its commits, checks and comments', async () => {
    const { gh, graphql } = client
    const { id, headRefOid } = await opened()
    await gh.state.setStatus(REPOSITORY, { sha: headRefOid, context: 'ci', state: 'failure' })
    gh.state.comment(REPOSITORY, 1, 'ann', 'Hello')
    await gh.state.review(REPOSITORY, 1, 'ann', 'APPROVED')
    const { data, errors } = await graphql(
      `query($id: ID!) {
        node(id: $id) { ... on PullRequest {
          number title url state isDraft merged mergeable mergeStateStatus reviewDecision changedFiles additions
          author { login } baseRefName headRefName baseRefOid headRefOid viewerDidAuthor autoMergeRequest { enabledAt }
          commits(first: 5) { totalCount nodes { commit { oid message parents(first: 1) { nodes { oid } } } } }
          files(first: 5) { nodes { path changeType } }
          comments(last: 5) { nodes { body databaseId author { login } viewerDidAuthor } }
          reviews(first: 5, states: [APPROVED]) { nodes { state author { login } } }
          reviewRequests(first: 5) { totalCount }
          statusCheckRollup { state contexts(first: 5) { nodes { ... on StatusContext { context state } } } }
          headRef { name prefix compare(headRef: "main") { aheadBy behindBy status } associatedPullRequests(first: 1) { totalCount } }
          repository { owner { login } visibility viewerPermission refs(refPrefix: "refs/heads/", first: 5) { nodes { name } } }
        } }
        nodes(ids: [$id]) { id }
        repository(owner: "acme", name: "prompts") { object(expression: "topic:") { ... on Tree { entries { name type mode } } } }
      }`,
      { id },
    )
    expect(errors).toEqual([])
    expect(data.node).toMatchObject({
      mergeable: 'MERGEABLE',
      mergeStateStatus: 'UNSTABLE',
      changedFiles: 1,
      additions: 1,
      viewerDidAuthor: true,
      commits: { totalCount: 1, nodes: [{ commit: { oid: headRefOid } }] },
      files: { nodes: [{ path: 'new.md', changeType: 'ADDED' }] },
      comments: { nodes: [{ body: 'Hello', author: { login: 'ann' }, viewerDidAuthor: false }] },
      reviews: { nodes: [{ state: 'APPROVED', author: { login: 'ann' } }] },
      statusCheckRollup: { state: 'FAILURE', contexts: { nodes: [{ context: 'ci', state: 'FAILURE' }] } },
      headRef: { name: 'topic', prefix: 'refs/heads/', compare: { aheadBy: 0, behindBy: 1, status: 'BEHIND' } },
      repository: { visibility: 'PRIVATE', viewerPermission: 'WRITE' },
    })
    expect(data.repository.object.entries.map((entry: { name: string }) => entry.name)).toEqual([
      'README.md',
      'docs',
      'new.md',
    ])
    expect(gh.violations).toEqual([])
  })

  it('may not know yet whether a pull request can be merged', async () => {
    await client.gh.close()
    client = await testClient({ unknownMergeabilityReads: 1 })
    await opened()
    const ask = async () =>
      (
        await client.graphql(
          '{ repository(owner: "acme", name: "prompts") { pullRequest(number: 1) { mergeStateStatus } } }',
        )
      ).data.repository.pullRequest.mergeStateStatus
    expect([await ask(), await ask()]).toEqual(['UNKNOWN', 'CLEAN'])
  })

  it('is counted: each request takes one point', async () => {
    const remaining = async () => (await client.graphql('{ rateLimit { remaining cost } }')).data.rateLimit.remaining
    expect((await remaining()) - (await remaining())).toBe(1)
  })
})
