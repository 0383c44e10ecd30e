/** The part of the library that the script uses: its own types reach into TypeScript sources which do not compile here. */
declare module 'bitbucket/lib/index.umd.js' {
  interface User {
    type: string
    uuid?: string
    nickname?: string
  }
  interface PullRequest {
    id?: number
    reviewers?: User[]
  }
  type Answer<Data> = Promise<{ data: Data }>
  type Route = { workspace: string; repo_slug: string }
  class Bitbucket {
    constructor(options: { baseUrl: string; auth: { token: string }; notice: false; request: { fetch: typeof fetch } })
    pullrequests: {
      list(params: Route & { q: string }): Answer<{ values?: PullRequest[] }>
      get(params: Route & { pull_request_id: number }): Answer<PullRequest>
      create(params: Route & { _body: object }): Answer<PullRequest>
      update(params: Route & { pull_request_id: number; _body: object }): Answer<PullRequest>
    }
    refs: { getBranch(params: Route & { name: string }): Answer<{ target?: { hash?: string } }> }
    source: {
      createFileCommit(params: Route & Record<string, string>): Answer<unknown>
      read(params: Route & { commit: string; path: string }): Answer<unknown>
    }
    workspaces: { getMembersForWorkspace(params: { workspace: string }): Answer<{ values?: { user?: User }[] }> }
  }
  const library: { Bitbucket: typeof Bitbucket }
  export default library
}
