import { describe, expect, it } from 'vitest'
import { codeSpan, fence } from './code.ts'
import { plainText } from './plain-text.ts'
import { prose, quote } from './prose.ts'
import { readMarkdown } from './test-markdown.ts'
import { shorten, singleLine, visibleText } from './visible-text.ts'

describe('visible text', () => {
  it('writes out what cannot be seen', () => {
    expect(visibleText('a\u202eb\u0000\ud800\u{e0041}')).toBe('a\\u202eb\\u0000\\ud800\\u{e0041}')
  })

  it('keeps emoji, joined scripts, line feeds and tabs', () => {
    for (const text of ['👨‍👩‍👧 ❤️ 1️⃣ 👍🏽 🇩🇪', 'می‌خواهم', 'क्‍ष', 'a\n\tb', 'größe 日本語']) {
      expect(visibleText(text)).toBe(text)
      expect(singleLine(text)).toBe(text.replace('\n\t', ' '))
    }
    expect(visibleText('a\u200db')).toBe('a\\u200db')
  })

  it('breaks what opens a hidden marker', () => {
    expect(visibleText('<!-- x -->')).toBe('\\u003c!-- x -->')
  })

  it('shortens between characters', () => {
    expect(shorten('a😀b', 3)).toBe('a…')
    expect(shorten('abc', 3)).toBe('abc')
    expect(shorten('abc', 0)).toBe('')
  })
})

describe('code', () => {
  it('holds any backticks', () => {
    for (const text of ['`', '``', 'a`b', '`a`', ' a ', 'a``b`c', '\\`']) {
      expect(readMarkdown(codeSpan(text)).codes).toEqual([text])
      expect(readMarkdown(fence('json', [text, '```', '~~~'])).codes).toEqual([`${text}\n\`\`\`\n~~~`])
    }
  })
})

describe('prose', () => {
  it('leaves ordinary sentences as they are', () => {
    for (const text of [
      'Improved response quality (by 10%), again!',
      "Don't panic: it's fine…",
      'Größe = 3/4 + “x” – ok 👍',
    ]) {
      expect(prose(text)).toBe(text)
    }
  })

  it('sets only what could mean something into code', () => {
    expect(prose('Thanks (@jane), closes #12. See gpt-4')).toBe('Thanks (`@jane`), closes `#12`. See `gpt-4`')
    expect(prose('use system_prompt *now* please')).toBe('use `system_prompt *now*` please')
  })

  it('keeps the lines of a quote, and lists in it as text', () => {
    const { types, texts } = readMarkdown(quote('- one\n1. two\n\n# three\r\nfour'))
    expect(types.has('list') || types.has('orderedList') || types.has('heading')).toBe(false)
    expect(texts).toContain('- one')
  })
})

describe('plain text', () => {
  it('keeps addresses and names, breaks orders', () => {
    expect(plainText('jane@company.com deploys gpt-4')).toBe('jane@company.com deploys gpt-4')
    expect(plainText('@jane closes #1 and GH-2')).toBe('@ jane closes # 1 and GH- 2')
    expect(plainText('[skip ci] Draft: x')).toBe('(skip ci) Draft: x')
    expect(plainText('Draft: x')).toBe('Draft x')
    expect(plainText('~bug %3 g/p$1 &5 [issue:7] at 90% & 5')).toBe('~ bug % 3 g/p$ 1 & 5 (issue: 7) at 90% & 5')
    expect(plainText('OPS-42 in a1b2c3d on 20251120')).toBe('OPS\u201142 in a1b2c3 d on 20251120')
    expect(plainText('[WIP] x')).toBe('WIP x')
    expect(plainText('by user-446a58a648')).toBe('by user-446a58a648')
  })
})
