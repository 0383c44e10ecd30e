import type { Account } from './people-entities.ts'

export interface Status {
  kind: 'StatusContext'
  id: string
  databaseId: number
  sha: string
  context: string
  state: 'pending' | 'success' | 'failure' | 'error'
  description: string | null
  targetUrl: string | null
  creator: Account
  createdAt: number
}

/** In the words of the REST API. */
export interface CheckAnnotation {
  path: string
  start_line: number
  end_line: number
  annotation_level: 'notice' | 'warning' | 'failure'
  message: string
  title: string | null
}

export interface DeploymentStatus {
  kind: 'DeploymentStatus'
  id: string
  databaseId: number
  state: string
  description: string
  environmentUrl: string
  logUrl: string
  creator: Account
  createdAt: number
}
