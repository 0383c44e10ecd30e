import type { CallContext, GitHubClient } from '../client.ts'

/** Whom GitHub takes our credential for. Asked for once. */
export type Viewer = (context: CallContext) => Promise<string>

const VIEWER = 'query Viewer { viewer { login } }'

/** GraphQL tells it of every kind of credential; `GET /user` is refused to an app's installation. */
export function viewerOf(client: GitHubClient): Viewer {
  let known: string | null = null
  return async (context) => {
    known ??= (await client.graphql<{ viewer: { login: string } }>(VIEWER, {}, context)).data.viewer.login
    return known
  }
}
