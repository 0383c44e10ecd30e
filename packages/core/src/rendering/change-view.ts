import type { ChangeKind } from '../config-diff/change.ts'
import type { TextDiff } from '../config-diff/text-diff.ts'
import type { JsonValue } from '../json.ts'
import type { ParameterGroup } from './parameters.ts'

/** A change as it may be shown: redacted, with its path as text. */
export interface ChangeView {
  kind: ChangeKind
  path: string
  group: ParameterGroup
  /** What reviewers call the parameter, such as `Temperature`; empty where it has no name of its own. */
  label: string
  /** Which element of a list it is part of, such as `system message`: the user's words are apart, still unescaped. */
  element: { what: string; name: string } | null
  before: JsonValue
  after: JsonValue
  from: string
  text: TextDiff | undefined
  /** A secret inside, which both sides hide, was replaced. */
  secretChanged: boolean
  /** Where not the values but this is to be told. */
  told: Told | null
}

export type Told =
  | { how: 'rewritten' }
  /** A secret inside, which both sides hide, was replaced. */
  | { how: 'secret' }
  | { how: 'moves'; count: number }
  | { how: 'members'; added: JsonValue[]; removed: JsonValue[]; reordered: boolean }

export interface ChangeList {
  views: ChangeView[]
  /** Changes there are beyond those: too many for anybody to read, and counted. */
  rest: { kind: ChangeKind; group: ParameterGroup; count: number }[]
  /** How many changes there are, before any was taken apart or put together. */
  total: number
  /** False where the deployment says nothing about its configuration. */
  known: boolean
  removed: boolean
}
