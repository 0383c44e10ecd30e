import type { HostTransaction, Store } from '@pullwright/core'

/** What the suite needs to know of a store. */
export interface StoreHarness {
  /** A fresh, empty store for each case; the suite calls `migrate()`. `close` ends it and whatever it stands on. */
  create(): Promise<{ store: Store; close?(): Promise<void> }>
  /** Durable stores: a second instance over the same data, as after a restart. The suite closes the first before. */
  reopen?(store: Store): Promise<Store>
  /** Stores that join a host's transaction: how to open one on the database of this store. */
  transactions?: { begin(store: Store): Promise<OpenTransaction> }
}

export interface OpenTransaction {
  transaction: HostTransaction
  commit(): Promise<void>
  rollback(): Promise<void>
}

export interface ConformanceCase {
  name: string
  run(): Promise<void>
}
