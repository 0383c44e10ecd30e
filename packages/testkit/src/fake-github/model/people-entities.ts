/** Those who act, and what they say of a pull request. */

export interface Account {
  kind: 'User' | 'Organization' | 'Bot'
  id: string
  databaseId: number
  login: string
  name: string | null
  email: string
  /** Outside every organisation: sees and is asked only where it is a collaborator. */
  outsider: boolean
  /** By slug; only organisations have any. */
  teams: Map<string, Team>
  createdAt: number
}

export interface Team {
  kind: 'Team'
  id: string
  databaseId: number
  slug: string
  name: string
  organization: Account
  members: Account[]
}

export type Role = 'read' | 'triage' | 'write' | 'maintain' | 'admin'

export interface Review {
  kind: 'PullRequestReview'
  id: string
  databaseId: number
  author: Account
  state: 'APPROVED' | 'CHANGES_REQUESTED' | 'COMMENTED' | 'DISMISSED'
  body: string
  commitOid: string
  submittedAt: number
  /** Teams that had been asked, and that the author belongs to. */
  onBehalfOf: Team[]
}
