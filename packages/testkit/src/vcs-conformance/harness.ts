import type { Vcs, VcsCapabilities } from '@pullwright/core'

/**
 * What the suite needs to know of an adapter: how to open a fresh setting for each case. Write it against a fake of
 * your forge, or against a place of its own on a real one.
 */
export interface VcsHarness {
  open(): Promise<VcsSetting>
}

/**
 * A repository that is there for one case, the adapter under test, and what people do beside it. `base` holds one file,
 * `README.md`; nothing is protected in a way that keeps a merge from happening. Members that end in `?` are acts that not every forge can be made
 * to do: leave them out, and the cases that need them are skipped, by name.
 */
export interface VcsSetting {
  vcs: Vcs
  /** As the adapter is given it, such as `acme/prompts`. */
  repository: string
  /** The default branch. */
  base: string
  /** Texts that must show in no answer, error or log: every credential in use, also of those that are made later. */
  secrets: readonly string[]
  /** The commit that a branch stands at; null where there is no such branch. */
  head(branch: string): Promise<string | null>
  /** A file's bytes on a branch; null where there is none. */
  readFile(branch: string, path: string): Promise<Uint8Array | null>
  /** One commit of somebody else's, pushed. A branch that is not there begins at the base. Answers the commit. */
  commitAs(person: string, commit: HandCommit): Promise<string>
  deleteBranch(branch: string): Promise<void>
  /** All of them, whatever their state. */
  pullRequests(): Promise<{ number: number; state: 'open' | 'merged' | 'closed'; branch: string }[]>
  /** How many requests, or pushes, have written or tried to, since the setting was opened. */
  countWrites(): number
  close(): Promise<void>

  /** A user name that can be asked for a review. */
  reviewer?: string
  /** Plays a fault on the next request of this kind; with `times`, on the next few. */
  failNext?(fault: VcsFault): void
  /** The same adapter with a credential that lacks this; `missing` is how the forge calls it. */
  asUserWithout?(permission: 'write-files' | 'write-pull-requests'): { vcs: Vcs; missing: string }
  /** The same adapter with another account's credential, which may do everything. */
  asAnother?(): Vcs
  /** `begin`: nothing is merged before a check has passed. `pass`: it passes on this branch, and what waits is merged. */
  checksToCome?: { begin(): Promise<void> | void; pass(branch: string): Promise<void> | void }
  /** From now on the forge refuses every label. */
  refuseLabels?(): void
  /** So many comments of another person under a pull request, without counting as writes. */
  commentAs?(person: string, number: number, count: number): Promise<void>
  /** So many open pull requests of another person: more than one page of the forge's list. */
  openMany?: { count: number; open(): Promise<void> }
}

export interface HandCommit {
  branch: string
  /** Path to text; null deletes. */
  files: Record<string, string | null>
}

export interface VcsFault {
  on: 'read' | 'write'
  /** An HTTP status; or the connection is dropped; or kept open without an answer. */
  how: number | 'reset' | 'hang'
  /** Seconds, as the header has it. */
  retryAfter?: number
  /** The forge does the work first, and only then fails. */
  afterEffect?: boolean
  /** Default 1. */
  times?: number
}

/** An act of the setting that some harnesses leave out. */
export type OptionalAct =
  | 'reviewer'
  | 'failNext'
  | 'asUserWithout'
  | 'asAnother'
  | 'checksToCome'
  | 'refuseLabels'
  | 'commentAs'
  | 'openMany'

/** What a case needs besides the core: a capability that the adapter declares, or an act that the harness offers. */
export type VcsNeed = keyof Omit<VcsCapabilities, 'bodyLimit' | 'titleLimit'> | OptionalAct

export interface VcsConformanceCase {
  name: string
  /** Empty: a core case, which every adapter must pass. */
  needs: readonly VcsNeed[]
  /** Throws where the adapter fails. */
  run(): Promise<VcsConformanceOutcome>
}

/** `lacking`: what the adapter, or the harness, does not have. */
export type VcsConformanceOutcome = { status: 'passed' } | { status: 'skipped'; lacking: VcsNeed[] }
