import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { HOSTILE } from './hostile-text.ts'
import { renderPullRequest } from './render-pull-request.ts'
import { readMarkdown } from './test-markdown.ts'

const URL = 'https://a.io/x?y=1'
const render = (template: string, app: string, more = {}) =>
  renderPullRequest({ app_name: app, app_id: 'app_7-2', url: URL, ...more }, { template }).body

describe('a variable in a template', () => {
  it('is encoded inside of an address, which stays one', () => {
    expect(render('[Open](https://a.io/{{app_id}}/{{app}})', 'a b)[x](y')).toBe(
      '[Open](https://a.io/app_7-2/a%20b%29%5Bx%5D%28y)',
    )
    expect(render('see https://a.io/?next={{url}}&t={{timestamp}}', 'a', { timestamp: 0 })).toBe(
      'see https://a.io/?next=https%3A%2F%2Fa.io%2Fx%3Fy%3D1&t=1970-01-01%2000%3A00%3A00%20UTC',
    )
    expect(render('[a]({{url}}) <a href="{{url}}">b</a> {{url}}', 'a')).toBe(
      `[a](${URL}) <a href="${URL}">b</a> ${URL}`,
    )
    expect(render('[a](https://a.io/{{app}})', 'lone \ud800')).toBe('[a](https://a.io/lone%20%EF%BF%BD)')
  })

  it('cannot leave a tag or a comment', () => {
    const image = render('<img alt="{{app}}" src="https://a.io/x.png">', 'x" src="//evil.example/p.png')
    expect(image).toBe('<img alt="x%22%20src%3D%22%2F%2Fevil.example%2Fp.png" src="https://a.io/x.png">')
    expect(render('<!-- {{app}} -->', 'x --> <img src=//evil.example>')).toMatch(/^<!-- [\w%.]+--[\w%.]+ -->$/)
    expect(render('1 <2, a<b\n\n{{app}}', 'two words')).toBe('1 <2, a<b\n\ntwo words')
  })

  it('stands as it is in a code block', () => {
    expect(render('```\n{{app}}@{{app_id}}\n```\n{{app}}', 'a@b')).toBe('```\na@b@app_7-2\n```\n`a@b`')
  })

  it('means nothing beside other code, or behind a backslash', () => {
    const backticks = fc.constantFrom('`', '``', 'a`@jane', '@bob', '`@jane', 'x')
    fc.assert(
      fc.property(backticks, backticks, fc.constantFrom('', '`y`', '\\'), (app, environment, between) => {
        const { texts } = readMarkdown(render(`{{app}}${between}{{environment}}`, app, { environment }))
        for (const text of texts) expect(text).not.toMatch(/@\w/)
      }),
    )
  })

  it.each(HOSTILE)('keeps tag, comment, link and block whole: %j', (text) => {
    const template = '<i title="{{app}}">\n\n<!-- {{app}} -->\n\n[x](https://a.io/{{app}})\n\n```\n{{app}}\n```'
    const { html, links, texts, open } = readMarkdown(render(template, text))
    expect(html).toHaveLength(2)
    expect([links.length, open]).toEqual([1, 0])
    expect(texts).toEqual(['x'])
  })
})
