/**
 * One shape of secret. A row is data: literals that must occur, and what must follow. The scanner looks for all literals in
 * one pass, and only where one stands is `pattern` tried, anchored at the literal's first character. So a pattern may not
 * start with anything but its literal, and must never look far for what it then rejects.
 */
export interface Detector {
  name: string
  /** Each at least three characters long. */
  literals: readonly string[]
  /** The secret is group 1 where there is one (it must end the match), else the whole match. */
  pattern: RegExp
  /** Where the shape is documented. */
  source: string
  /** Where the literal stands inside the secret: which characters before it belong to it, how many at least and at most. */
  before?: readonly [characters: RegExp, least: number, most: number]
  /** Literals fit in any case. */
  anyCase?: boolean
  /** Whether the literal may stand in the middle of a word. Default false. */
  midWord?: boolean
  /** A last look at the secret found. */
  accept?: (secret: string) => boolean
}

/** Which shapes are looked for. A list is added to the defaults; `false`: none at all. */
export type DetectorOptions =
  | readonly CustomDetector[]
  | false
  | { add?: readonly CustomDetector[]; except?: readonly string[]; only?: readonly string[] }

/** A host's own shape. Without `literals` the pattern is searched for in every text, which costs a pass of its own. */
export type CustomDetector = Pick<Detector, 'name' | 'pattern'> & Partial<Omit<Detector, 'name' | 'pattern'>>
