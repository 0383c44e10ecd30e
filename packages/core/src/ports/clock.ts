/** Time as an argument. The global `Date` fits: `{ clock: Date }`. */
export interface Clock {
  /** Milliseconds since the epoch. */
  now(): number
  /** Calls back once after `milliseconds`; returns a function that cancels. Default: an unref'd `setTimeout`. */
  setTimer?(callback: () => void, milliseconds: number): () => void
}
