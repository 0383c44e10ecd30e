import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { renderCheckSummary } from './check-summary.ts'
import { renderDeploymentAnswer } from './deployment-answer.ts'
import { renderDeploymentHistory } from './deployment-history.ts'
import { renderFailedDeployment } from './failed-deployment.ts'
import { HOSTILE } from './hostile-text.ts'
import { renderPullRequest } from './render-pull-request.ts'
import type { RenderableDeployment } from './renderable-deployment.ts'
import { readMarkdown } from './test-markdown.ts'

const URL = 'https://app.example.com/apps/7'
const ALLOWED = new Set(
  'root heading text inlineCode code paragraph strong emphasis break list listItem blockquote link thematicBreak html table tableRow tableCell'.split(
    ' ',
  ),
)
const HEADINGS = new Set([
  '## Changes',
  '### Added Parameters',
  '### Modified Parameters',
  '### Removed Parameters',
  '### Moved Parameters',
  '## Evaluation',
  '## Commit Message',
  '## Review Checklist',
])
/** What forges look for in text outside of code. */
const MEANINGFUL =
  /@[\w{-]|#\w|\bGH-\d|\b[A-Za-z][A-Za-z0-9]+-\d|\b[0-9a-f]{7,40}\b|www\.|:\/\/|![\d"]|%[\d"]|\$|~|&\d|:[\w+-]+:|<|\[|[{}^]|\*iteration/i
/** Controls, bidirectional and zero-width characters, lone surrogates; not line feeds, tabs and joiners. */
const UNSEEN = /(?![\n\t])[\p{Cc}\p{Cs}\p{Zl}\p{Zp}\u200b\u200e\u200f\u202a-\u202e\u2060-\u206f\ufeff]/u

const UUID = /[0-9a-f]{8}(?:-[0-9a-f]{4})+(?:-[0-9a-f]*)?/g

const piece = fc.oneof(
  fc.constantFrom(...HOSTILE),
  fc.constantFrom(' ', '\n', '\n\n', 'word', '`', '\\'),
  fc.string({ unit: 'binary', maxLength: 5 }),
)
const hostile = fc.array(piece, { minLength: 1, maxLength: 6 }).map((pieces) => pieces.join(''))

function everywhere(text: string): RenderableDeployment {
  return {
    app_name: text,
    variant_name: text,
    environment: text,
    revision: text,
    previous_revision: text,
    commit_message: text,
    deployed_by: { name: text, email: text },
    deployment_id: text,
    url: URL,
    evaluation: [
      { name: text, value: text, previous: 1, unit: text },
      { name: `${text}|`, value: 2, previous: 1, unit: text, direction: 'lower' },
    ],
    config: {
      [text]: text,
      long: `${text}\n${text}\n${'x'.repeat(200)}`,
      new: { [text]: [text, 'x'.repeat(200)] },
      list: ['b', 'c', 'a'],
      stop: [text, 'x'],
      schema: JSON.stringify({ [text]: text, kept: 1 }),
      messages: [
        { role: text, content: `${text} {{${text}}}` },
        { role: 'user', content: `${text}\n`.repeat(30) },
      ],
      tools: [{ function: { name: text, description: text } }],
    },
    previous_config: {
      [text]: `${text}.`,
      long: `${text}\nother\n${'x'.repeat(200)}`,
      old: `${text}\n${text}`,
      list: ['a', 'b', 'c'],
      stop: ['x', `${text}?`],
      schema: JSON.stringify({ [text]: `${text}.`, kept: 1 }),
      messages: [{ role: text, content: `${text} {{name}}` }],
      tools: [{ function: { name: text, description: `${text}.` } }],
    },
  }
}

function check(body: string): void {
  const { types, texts, codes, headings, links, open, nested, html, folds } = readMarkdown(body)
  expect([html, folds]).toEqual([[], 0])
  expect([...types].filter((type) => !ALLOWED.has(type))).toEqual([])
  expect(headings.slice(1).filter((heading) => !HEADINGS.has(heading))).toEqual([])
  expect(headings[0]).toMatch(/^# Deployment/)
  expect(new Set(links)).toEqual(new Set([URL]))
  expect([open, nested]).toEqual([0, 0])
  for (const text of texts) expect(text).not.toMatch(MEANINGFUL)
  for (const code of codes) expect(code).not.toContain('<!--')
  expect(body).not.toContain('<!--')
  expect(body).not.toMatch(/\[\]\(|^\/\w/m)
  expect(body).not.toMatch(UNSEEN)
}

describe('user text', () => {
  for (const text of HOSTILE) {
    it(`has no effect in the body: ${JSON.stringify(text)}`, () => check(renderPullRequest(everywhere(text)).body))
  }

  it('has no effect in any combination', () => {
    fc.assert(
      fc.property(hostile, (text) => check(renderPullRequest(everywhere(text)).body)),
      { numRuns: 100 },
    )
  })

  it('has no effect where the body had to be cut', () => {
    fc.assert(
      fc.property(hostile, fc.integer({ min: 900, max: 4000 }), (text, size) => {
        const { body } = renderPullRequest(everywhere(text.repeat(5)), { limits: { body: size } })
        expect(body.length).toBeLessThanOrEqual(size)
        const { types, open, texts, html, folds } = readMarkdown(body)
        expect([html, folds]).toEqual([[], 0])
        expect([...types].filter((type) => !ALLOWED.has(type))).toEqual([])
        expect(open).toBe(0)
        for (const shown of texts) expect(shown).not.toMatch(MEANINGFUL)
      }),
      { numRuns: 60 },
    )
  })

  it('has no effect where the forge takes no HTML: there is none', () => {
    fc.assert(
      fc.property(hostile, (text) => {
        const { body } = renderPullRequest(everywhere(text), { details: false })
        expect(readMarkdown(body).types.has('html')).toBe(false)
        check(body)
      }),
      { numRuns: 60 },
    )
  })

  it('has no effect in a check, whose title is plain', () => {
    fc.assert(
      fc.property(hostile, (text) => {
        const rendered = renderCheckSummary(everywhere(text))
        expect(rendered.title).toMatch(/^[\w ,]+$/)
        for (const part of [rendered.summary, rendered.text]) {
          const { types, html, folds, open, texts } = readMarkdown(part)
          expect([...types].filter((type) => !ALLOWED.has(type))).toEqual([])
          expect([html, folds, open]).toEqual([[], 0, 0])
          for (const shown of texts) expect(shown).not.toMatch(MEANINGFUL)
          expect(part).not.toMatch(/^\/\w|<!--|\[\]\(/m)
        }
      }),
      { numRuns: 60 },
    )
  })

  it('has no effect inside a template of the host', () => {
    const template =
      '<b>{{app_name}}</b> | {{environment}}\n\n{{deployed_by}}\n\n`{{revision}}/{{app}}`\n\n{{commit_message}}\n\n{{changes}}'
    fc.assert(
      fc.property(hostile, (text) => {
        const { types, texts, open } = readMarkdown(renderPullRequest(everywhere(text), { template }).body)
        expect([...types].filter((type) => !ALLOWED.has(type) && type !== 'html')).toEqual([])
        expect(open).toBe(0)
        for (const shown of texts) expect(shown.replace(' | ', '')).not.toMatch(MEANINGFUL)
      }),
      { numRuns: 60 },
    )
  })

  it('has no effect in what policies say, in the history of a pull request, in answers and in issues', () => {
    fc.assert(
      fc.property(hostile, (text) => {
        const policies = (['block', 'warn', 'pass'] as const).map((verdict) => ({
          ...{ policy: 'own', verdict, title: text, reason: text, remarks: [] },
        }))
        const entry = { variant: text, revision: text, by: text, at: 0, message: text }
        const data = {
          app_name: text,
          environment: text,
          revision: text,
          reason: text,
          message: text,
          requested_by: text,
        }
        const answers = ['deployment.failed', 'deployment.blocked'].map((type) => renderDeploymentAnswer(data, type))
        const issue = renderFailedDeployment({ ...data, deployment_id: text })
        const parts = [
          renderPullRequest({ app_name: 'a' }, { policies }).body,
          renderCheckSummary({ app_name: 'a' }, { policies }).text,
          renderDeploymentHistory([
            { ...entry, status: 'failed' },
            { ...entry, status: 'live' },
          ]),
          ...[...answers, issue].map(({ body }) => body),
        ]
        for (const part of parts) {
          const { types, html, folds, open, texts, links } = readMarkdown(part)
          expect([...types].filter((type) => !ALLOWED.has(type))).toEqual([])
          expect([html, folds, open, links]).toEqual([[], 0, 0, []])
          for (const shown of texts) expect(shown).not.toMatch(MEANINGFUL)
          expect(part).not.toMatch(/^\/\w|<!--|\[\]\(/m)
          expect(part).not.toMatch(UNSEEN)
        }
        for (const { title } of [...answers, issue])
          expect(title).not.toMatch(/[\n\r]|#\d|(?<![\p{L}\p{N}])@[\p{L}\p{N}]/u)
      }),
      { numRuns: 25 },
    )
  })

  it('cannot leave a link', () => {
    const urls = [
      'https://a.example/)[x](javascript:alert(1)',
      'https://a.example/ "title"',
      'https://a.example/>\n\n# x',
      'https://a.example/?q=&lt;b&gt;<!--`',
      'https://a.example/\\',
    ]
    for (const url of urls) {
      const { types, links, headings } = readMarkdown(renderPullRequest({ url }).body)
      expect(links).toHaveLength(1)
      expect(links[0]).toMatch(/^https:\/\/a\.example\//)
      expect(types.has('html') || headings.length !== 3).toBe(false)
    }
    for (const url of ['javascript:alert(1)', 'data:text/html,x', '//a.example', 'a.example', '']) {
      expect(readMarkdown(renderPullRequest({ url }).body).links).toEqual([])
    }
  })

  it('is broken where it would mean something in titles and commit messages', () => {
    for (const text of HOSTILE) {
      const { title, commitMessage, labels } = renderPullRequest(everywhere(text))
      const custom = renderPullRequest(everywhere(text), { title: '{{environment}}' }).title
      for (const plain of [title, commitMessage, custom]) {
        expect(plain).not.toMatch(/(?<![\p{L}\p{N}])@[\p{L}\p{N}{]|#\d|\bGH-\d|issues\/\d|\[skip ci\]|^draft:/imu)
        expect(plain).not.toMatch(/^\/\p{L}/mu)
        expect(plain).not.toMatch(/[!$%&]\d|[%~][\p{L}"]|\[\w+:|\*iteration|(?<![0-9A-Z])[A-Z][A-Z0-9_]+-\d/u)
        expect(plain.replaceAll(UUID, '')).not.toMatch(
          /(?<![0-9a-z])(?=[a-f]*\d+[a-f]|\d+[a-f])[0-9a-f]{7,40}(?![0-9a-z])/,
        )
        expect(plain).not.toMatch(UNSEEN)
      }
      expect(commitMessage).not.toMatch(/^[\w-]+-by:/m)
      for (const line of [title, custom, ...labels]) expect(line).not.toMatch(/[\n\r]/)
      expect(labels.every((label) => label.length > 0 && label.length <= 50 && !label.includes(','))).toBe(true)
    }
  })
})
