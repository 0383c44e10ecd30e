import type { Detector } from './detector.ts'
import type { Mask } from './mask.ts'
import type { AssignmentFinder, Finder } from './span.ts'
import type { Structure } from './structures.ts'

export interface ScannerParts {
  detectors: readonly Detector[]
  structures: readonly Structure[]
  /** Looks at every `:`, `=` and `>` after a piece of a telling key. */
  assignment: AssignmentFinder | null
  /** What a telling key contains; null: any key may tell. */
  anchors: readonly string[] | null
  /** Looks at every `@`. */
  email: Finder | null
  mask: Mask
}
