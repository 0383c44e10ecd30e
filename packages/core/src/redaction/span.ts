/** A piece of text to be replaced. */
export interface Span {
  start: number
  end: number
  detector: string
  /** In place of the mask. */
  replacement?: string | undefined
  /** Quotes to put around the mask: what stood there was a number or an object of JSON. */
  quote?: string | undefined
}

/** Looks at a place that may hold a secret. `from`: nothing before it may be touched. */
export type Finder = (text: string, at: number, from: number) => Span | null

/** The same for what stands after a key. `anchor`: where a piece of a telling one was last seen. */
export type AssignmentFinder = (text: string, at: number, from: number, anchor: number) => Span | null
