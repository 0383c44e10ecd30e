import type { PluginBlobs, PluginDocuments } from '../ports/plugin.ts'
import type { Store } from '../ports/store.ts'

/** A plugin's own collection in one project: no plugin sees another's. */
export function pluginDocuments(store: Store, project: string, plugin: string, now: () => number): PluginDocuments {
  const collection = `plugin:${plugin}`
  const { documents } = store
  return {
    get: (key) => documents.get(project, collection, key),
    put: (key, value, options = {}) => documents.put({ project, collection, key, value, at: now(), ...options }),
    remove: (key) => documents.put({ project, collection, key, value: null, at: now() }),
    list: (options) => documents.list(project, collection, options),
  }
}

export function pluginBlobs(store: Store, project: string, plugin: string, now: () => number): PluginBlobs {
  const named = (key: string) => `${plugin}/${key}`
  return {
    put: (key, bytes, { expiresAt }) => store.blobs.put({ project, key: named(key), bytes, expiresAt }),
    get: (key) => store.blobs.get(project, named(key), now()),
  }
}
