import type { HostTransaction, Store } from '@pullwright/core'

/** What the suite needs to know of a store. */
export interface StoreHarness {
  /** A fresh, empty store for each case; the suite calls `migrate()`. */
  create(): Created | Promise<Created>
  /** Durable stores: a second instance over the same data, as after a restart. The suite closes the first before. */
  reopen?(store: Store): Promise<Store>
  /** Stores that join a host's transaction: how to open one on the database of this store. */
  transactions?: { begin(store: Store): Promise<OpenTransaction> }
}

/** A store that is closed by its own `close()`, or one with whatever it stands on. */
export type Created = Store | { store: Store; close?(): void | Promise<void> }

export interface OpenTransaction {
  transaction: HostTransaction
  commit(): Promise<void>
  rollback(): Promise<void>
}

export interface ConformanceCase {
  name: string
  run(): Promise<void>
}
