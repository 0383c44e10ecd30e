/** A way to people: it says how text is put in, and sends. */
export interface Channel {
  /** Of one message, in characters. */
  messageLimit: number
  /** Titles that a summary lists; the others are counted. */
  summaryLines: number
  /** User text as it may stand in a message: on one line, without effect, of so many characters before escaping. */
  value(text: string, length: number): string
  /** A URL as people can follow it. */
  link(url: string): string
  send(message: Message, request: SendRequest): Promise<Sent>
}

export interface Message {
  title: string
  /** May be empty. */
  text: string
}

export interface SendRequest {
  /** Equal for every try of the same message. */
  id: string
  signal: AbortSignal
}

/** What became of it. A value, so that it can be decided upon. */
export type Sent =
  | { kind: 'sent'; note?: string }
  /** The other side wants to be left alone for a while: that is no failure. */
  | { kind: 'busy'; afterMs: number; reason: string }
  /** May work later. */
  | { kind: 'failed'; reason: string }
  /** Will not work until a person changes something. */
  | { kind: 'refused'; reason: string }
