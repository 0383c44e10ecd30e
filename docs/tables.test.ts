import { expect, it } from 'vitest'
import { CATALOGUE, eventCatalogue } from '../scripts/lib/event-catalogue.ts'
import { textOf } from '../scripts/lib/files.mjs'
import { NAMES, nameLists, OPTIONS, optionTables } from '../scripts/lib/reference-tables.ts'

// Where they differ: npx tsx -C @pullwright/source scripts/write-tables.ts
it.each([
  ['docs/events.md', 'every built-in event', CATALOGUE, eventCatalogue],
  ['docs/reference.md', 'every option', OPTIONS, optionTables],
  ['docs/reference.md', 'every public name', NAMES, nameLists],
] as const)('%s has %s as the sources have it', (page, _, place, written) => {
  expect(place.exec(textOf(page))?.[0]).toBe(written())
})
