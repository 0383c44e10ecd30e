// Writes the parts of the documentation that are made from the sources: npx tsx -C @pullwright/source scripts/write-tables.ts
import { writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { CATALOGUE, eventCatalogue } from './lib/event-catalogue.ts'
import { textOf } from './lib/files.mjs'
import { NAMES, nameLists, OPTIONS, optionTables } from './lib/reference-tables.ts'
import { root } from './lib/root.mjs'

write('docs/events.md', [[CATALOGUE, eventCatalogue()]])
write('docs/reference.md', [
  [OPTIONS, optionTables()],
  [NAMES, nameLists()],
])

function write(page: string, parts: [place: RegExp, text: string][]): void {
  const text = parts.reduce((whole, [place, part]) => whole.replace(place, () => part), textOf(page))
  writeFileSync(join(root, page), text)
}
