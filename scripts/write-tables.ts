// Writes the parts of the documentation that are made from the sources: npx tsx -C @pullwright/source scripts/write-tables.ts
import { writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { CATALOGUE, eventCatalogue } from './lib/event-catalogue.ts'
import { textOf } from './lib/files.mjs'
import { OPTIONS, optionTables } from './lib/reference-tables.ts'
import { root } from './lib/root.mjs'

write('docs/events.md', CATALOGUE, eventCatalogue())
write('docs/reference.md', OPTIONS, optionTables())

function write(page: string, place: RegExp, text: string): void {
  writeFileSync(
    join(root, page),
    textOf(page).replace(place, () => text),
  )
}
