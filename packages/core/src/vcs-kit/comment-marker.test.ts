import { micromark } from 'micromark'
import { gfm, gfmHtml } from 'micromark-extension-gfm'
import { expect, test } from 'vitest'
import { hasCommentMarker, writeComment } from './comment-marker.ts'
import { writeMarker } from './marker.ts'

const page = (text: string) =>
  micromark(text, { extensions: [gfm()], htmlExtensions: [gfmHtml()], allowDangerousHtml: true })
const visible = (text: string) =>
  page(text)
    .replace(/<!--[\s\S]*?-->|<[^>]*>/g, '')
    .trim()

test.each(['comment', 'link'] as const)('a %s is found by its own name and no other, and shows nothing', (style) => {
  const body = writeComment({ marker: 'evaluation:prod', body: 'Hello' }, style)
  expect(hasCommentMarker(body, 'evaluation:prod')).toBe(true)
  expect(hasCommentMarker(body, 'evaluation')).toBe(false)
  expect(hasCommentMarker(body, 'prod')).toBe(false)
  expect(visible(body)).toBe('Hello')
  expect(visible(writeMarker('Hello', { kind: 'document', identity: 'é_*_[x](y)' }, style))).toBe('Hello')
})

test.each(['', 'a b', 'a-->', 'a)', 'x'.repeat(201)])('%j cannot be hidden', (marker) => {
  expect(() => writeComment({ marker, body: 'Hello' })).toThrow(expect.objectContaining({ code: 'invalid' }))
})
