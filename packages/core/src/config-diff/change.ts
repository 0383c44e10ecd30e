import type { JsonValue } from '../json.ts'
import type { Path } from './path.ts'
import type { TextDiff } from './text-diff.ts'

export type ChangeKind = 'added' | 'removed' | 'modified' | 'moved'

/**
 * One difference. In a path, an index of an array counts in one of the two configurations:
 *
 * | kind       | `path` counts in | values            | also                                             |
 * |------------|------------------|-------------------|--------------------------------------------------|
 * | `added`    | after            | `after`           |                                                  |
 * | `removed`  | before           | `before`          |                                                  |
 * | `modified` | after            | `before`, `after` | between strings `json` or `text`, see below       |
 * | `moved`    | after            |                   | `from`, the same element's path in before        |
 *
 * Every index on the way counts in the same configuration as the last. Only elements of arrays move, within their
 * array; of a set, such as stop words, no member moves, but where the order of those that stayed is another one, the set as
 * a whole counts as moved once, with `order`. What changed inside a moved element is listed as further changes, in after's paths as always. An element that
 * only slid because others were added or removed before it is not listed.
 */
export interface Change {
  kind: ChangeKind
  path: Path
  before?: JsonValue
  after?: JsonValue
  from?: Path
  /** Of a set that was put in another order: where each member that stayed stood before, in their new order. */
  order?: number[]
  /** Set by redaction: of two texts that hide secrets, one secret made room for another, which no mask shows. */
  secretChanged?: true
  /**
   * Derived, by `describeStrings(before, after)`: lines or sentences, where either is long or of several lines. Whoever
   * replaces `before` or `after` computes it again.
   */
  text?: TextDiff
  /**
   * Derived in the same way, in place of `text` where both strings are JSON of an object or of a list: what changed
   * inside, by paths within. `equal` where they are only written differently. `applyDiff` goes by `after`, to the character.
   */
  json?: ConfigDiff
}

/** What turns one configuration into another. The order of changes carries no meaning. */
export interface ConfigDiff {
  equal: boolean
  changes: Change[]
  /**
   * Only where an object with keys became no configuration at all: each key is listed as removed, and this says what is
   * left instead of an empty object.
   */
  result?: 'null' | 'absent'
}
