/** The parts of Bitbucket's answers that we read, as its API description has them. */
export interface AccountBody {
  uuid?: string
  account_id?: string
  nickname?: string
  display_name?: string
}

export interface CommitBody {
  hash: string
  message?: string
  parents?: { hash: string }[]
  author?: { raw?: string; user?: AccountBody }
}

export interface BranchBody {
  name: string
  target: CommitBody
  merge_strategies?: string[]
}

interface EndBody {
  branch?: { name?: string }
  commit?: { hash?: string } | null
  repository?: { full_name?: string } | null
}

export interface PullRequestBody {
  id: number
  title: string
  description?: string
  summary?: { raw?: string }
  state: 'OPEN' | 'MERGED' | 'DECLINED' | 'SUPERSEDED'
  draft?: boolean
  author?: AccountBody | null
  source: EndBody
  destination: EndBody
  merge_commit?: { hash?: string } | null
  closed_by?: AccountBody | null
  close_source_branch?: boolean
  updated_on?: string
  reviewers?: AccountBody[]
  participants?: ParticipantBody[]
  links?: { html?: { href?: string }; self?: { href?: string } }
}

export interface ParticipantBody {
  user?: AccountBody
  role?: string
  approved?: boolean
  state?: 'approved' | 'changes_requested' | null
  participated_on?: string | null
}

export interface CommentBody {
  id: number
  content?: { raw?: string }
  user?: AccountBody
  deleted?: boolean
  links?: { html?: { href?: string } }
}

export interface RepositoryBody {
  uuid?: string
  full_name: string
  is_private?: boolean
  has_issues?: boolean
  mainbranch?: { name?: string } | null
}
