import { expect, it } from 'vitest'
import { CATALOGUE, eventCatalogue } from '../scripts/lib/event-catalogue.ts'
import { textOf } from '../scripts/lib/files.mjs'

it('the page on events has every built-in event as it is', () => {
  const [shown] = CATALOGUE.exec(textOf('docs/events.md')) ?? []
  // Where they differ: npx tsx -C @pullwright/source scripts/write-event-catalogue.ts
  expect(shown).toBe(eventCatalogue())
})
