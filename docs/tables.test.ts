import { expect, it } from 'vitest'
import { CATALOGUE, eventCatalogue } from '../scripts/lib/event-catalogue.ts'
import { textOf } from '../scripts/lib/files.mjs'
import { packages } from '../scripts/lib/pack.mjs'
import { OPTIONS, optionTables } from '../scripts/lib/reference-tables.ts'

const ADVICE = 'Write it anew: npx tsx -C @pullwright/source scripts/write-tables.ts'

it.each([
  ['docs/events.md', 'every built-in event', CATALOGUE, eventCatalogue],
  ['docs/reference.md', 'every option', OPTIONS, optionTables],
] as const)('%s has %s as the sources have it', (page, _, place, written) => {
  expect(place.exec(textOf(page))?.[0], ADVICE).toBe(written())
})

it('the reference names every entry that a package can be imported by', () => {
  const entries = packages().flatMap(({ name, manifest }) =>
    Object.keys(manifest.exports).map((entry) => `${name}${entry.slice(1)}`),
  )
  const page = textOf('docs/reference.md')
  const named = [...page.matchAll(/^\| (?:\[)?`(@pullwright\/[\w/-]+)`/gm)].map(([, entry]) => entry)
  expect(named.sort()).toEqual(entries.sort())
})
