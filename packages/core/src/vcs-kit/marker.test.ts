import fc from 'fast-check'
import { expect, test } from 'vitest'
import { MARKER_ROOM, type Marker, type MarkerStyle, readMarker, writeMarker } from './marker.ts'

const styles = fc.constantFrom<MarkerStyle>('comment', 'link')

const markers = fc.record(
  {
    kind: fc.constantFrom('document', 'propose'),
    identity: fc.string({ minLength: 1, maxLength: 200, unit: 'binary' }),
    files: fc.stringMatching(/^[0-9a-f]{32}$/),
    commit: fc.stringMatching(/^[0-9a-f]{40}$/),
    order: fc.record({ origin: fc.stringMatching(/^[\w.:-]{1,64}$/), sequence: fc.maxSafeInteger() }),
    branch: fc.string({ maxLength: 100 }),
    pending: fc.constantFrom('created', 'updated'),
  },
  { requiredKeys: ['kind', 'identity'] },
) as fc.Arbitrary<Marker>

test('what is written is read again, whatever stands before it', () => {
  fc.assert(
    fc.property(fc.string(), markers, styles, (body, marker, style) => {
      expect(readMarker(writeMarker(body, marker, style))).toEqual(marker)
    }),
  )
})

test('the last of several counts, and it stays one comment', () => {
  fc.assert(
    fc.property(markers, markers, (forged, real) => {
      const body = writeMarker(writeMarker('text', forged), real)
      expect(readMarker(body)).toEqual(real)
      expect(body.match(/-->/g)).toHaveLength(2)
      expect(body.match(/<!--/g)).toHaveLength(2)
    }),
  )
})

test('the last counts whatever their styles, and a link holds nothing that Markdown could read', () => {
  fc.assert(
    fc.property(markers, styles, markers, styles, (forged, one, real, other) => {
      const body = writeMarker(writeMarker('text', forged, one), real, other)
      expect(readMarker(body)).toEqual(real)
      expect(writeMarker('', real, 'link')).toMatch(/^\n\n\[\]\(#pullwright:[A-Za-z0-9+/]+\)$/)
    }),
  )
})

test('is readable where nothing forbids it, and invisible in the page', () => {
  expect(writeMarker('Hello', { kind: 'document', identity: 'dep-1' })).toBe(
    'Hello\n\n<!-- pullwright:{"v":1,"kind":"document","identity":"dep-1"} -->',
  )
})

test('fits into the room that is kept for it', () => {
  const marker: Marker = {
    kind: 'document',
    identity: '<'.repeat(100),
    files: 'f'.repeat(32),
    branch: 'b'.repeat(244),
    pending: 'created',
  }
  expect(writeMarker('', marker).length).toBeLessThanOrEqual(MARKER_ROOM)
})

test.each([
  'no marker',
  '<!-- pullwright:nonsense -->',
  '<!-- pullwright:{"v":2,"kind":"document","identity":"x"} -->',
  '<!-- pullwright:{"v":1,"kind":"other","identity":"x"} -->',
  '<!-- pullwright:{"v":1,"kind":"document","identity":7} -->',
  '<!-- pullwright:null -->',
  '<!-- pullwright:{"v":1,"kind":"document","identity":"x"}',
  '[](#pullwright:nonsense)',
  '[](#pullwright:eyJ2IjoxfQ)',
  '[](#pullwright:eyJ2IjoxfQ',
])('%s is none', (body) => {
  expect(readMarker(body)).toBeNull()
})
