/** Every verb of an adapter takes it last. */
export interface CallOptions {
  signal?: AbortSignal
}

export interface PullRequestRef {
  repository: string
  number: number
}
