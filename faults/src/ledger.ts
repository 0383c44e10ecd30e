/** What the receiver saw of one request. */
export interface Received {
  /** `webhook-id`. */
  deliveryId: string
  /** Names the event: what the emitter called it. */
  key: string
  /** Of the raw bytes. */
  body: string
  /** Whether the signature is right. */
  signed: boolean
  /** Whether an answer with a status of 2xx was begun: then the receiver has it. */
  accepted: boolean
}

/** What everybody outside of Pullwright knows: the emitters, and the receiver. */
export interface Ledger {
  /** Key and event id of each emit that answered, and of each that answered `duplicate`. */
  recorded: Map<string, string>
  /** In order of arrival. */
  requests: Received[]
  /** In order of acceptance, duplicates included. */
  accepted: Received[]
}

export function newLedger(): Ledger {
  return { recorded: new Map(), requests: [], accepted: [] }
}

/** Two emits under one key must name the same event; answers what is wrong. */
export function noteRecorded(ledger: Ledger, key: string, eventId: string): string[] {
  const known = ledger.recorded.get(key)
  ledger.recorded.set(key, known ?? eventId)
  return known === undefined || known === eventId ? [] : [`${key}: recorded as ${known} and again as ${eventId}`]
}
