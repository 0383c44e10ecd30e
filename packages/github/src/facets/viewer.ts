import type { CallContext, GitHubClient } from '../client.ts'
import { VIEWER, type ViewerData } from '../graphql/facet-queries.ts'

/** Whom GitHub takes our credential for. Asked for once. */
export type Viewer = (context: CallContext) => Promise<string>

/** GraphQL tells it of every kind of credential; `GET /user` is refused to an app's installation. */
export function viewerOf(client: GitHubClient): Viewer {
  let known: string | null = null
  return async (context) => {
    known ??= (await client.graphql<ViewerData>(VIEWER, {}, context)).data.viewer.login
    return known
  }
}
