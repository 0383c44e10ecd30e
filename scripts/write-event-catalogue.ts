// Writes the catalogue of events into docs/events.md: npx tsx -C @pullwright/source scripts/write-event-catalogue.ts
import { writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { CATALOGUE, eventCatalogue } from './lib/event-catalogue.ts'
import { textOf } from './lib/files.mjs'
import { root } from './lib/root.mjs'

writeFileSync(
  join(root, 'docs/events.md'),
  textOf('docs/events.md').replace(CATALOGUE, () => eventCatalogue()),
)
