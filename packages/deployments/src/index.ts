export type { DeploymentFile } from './deployment-file.ts'
export type { DeploymentPullRequestsOptions } from './deployment-pull-requests.ts'
export { deploymentPullRequests } from './deployment-pull-requests.ts'
export type { Route, RouteInclude, RouteWhen } from './route.ts'
