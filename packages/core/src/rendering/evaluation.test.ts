import { describe, expect, it } from 'vitest'
import { evaluationVerdict, readEvaluation, renderEvaluation } from './evaluation.ts'
import { renderPullRequest } from './render-pull-request.ts'
import { readMarkdown } from './test-markdown.ts'

const render = (evaluation: unknown) => renderEvaluation(readEvaluation(evaluation))

describe('an evaluation', () => {
  const metrics = {
    accuracy: { value: 0.94, previous: 0.91, direction: 'higher' },
    latency: { value: 3.8, previous: 2.1, unit: 's', direction: 'lower' },
    cost: { value: 2, previous: 0 },
    valid: { value: 1, previous: 1, direction: 'higher' },
  }

  it('is a table of old and new with what got worse first', () => {
    expect(render({ metrics }).split('\n').slice(2)).toEqual([
      '| Metric | Before | After | Change | Verdict |',
      '| --- | ---: | ---: | ---: | --- |',
      '| `latency` | `2.1 s` | `3.8 s` | +1.7 (+81 %) | ⚠️ **worse** |',
      '| `accuracy` | `0.91` | `0.94` | +0.03 (+3.3 %) | ✅ better |',
      '| `cost` | `0` | `2` | +2 |  |',
      '| `valid` | `1` | `1` |  | unchanged |',
    ])
    expect(evaluationVerdict(readEvaluation({ metrics }))).toBe(
      '⚠️ **1 worse** (`latency` `2.1 s` → `3.8 s`), 1 better, 1 unchanged',
    )
  })

  it('shows what is measured no more before what only changed, and no difference that is no number', () => {
    const run = { metrics: { a: 1e300, b: 2 }, previous: { a: 1e-300, b: 1, gone: 0.9 } }
    expect(render(run).split('\n').slice(4)).toEqual([
      '| `gone` | `0.9` | – |  |  |',
      '| `a` | `1e-300` | `1e+300` | +1e+300 |  |',
      '| `b` | `1` | `2` | +1 (+100 %) |  |',
    ])
  })

  it('is a list where there is nothing to compare with', () => {
    expect(render({ bleu: 41.2, dataset: 'legal' })).toBe('## Evaluation\n\n- `bleu`: `41.2`\n- `dataset`: `legal`')
    expect(render(7)).toBe('## Evaluation\n\n- `7`')
    expect(render({})).toBe('')
  })

  it('keeps its cells whatever stands in them', () => {
    const hostile = [{ name: 'a|b\n| x | y |', value: '1|2', previous: '\\|`', unit: '|', direction: 'higher' }]
    const body = renderPullRequest({ evaluation: hostile }).body
    expect(body.split('\n').filter((line) => line.startsWith('|'))).toHaveLength(3)
    expect(readMarkdown(body).codes.length).toBe(3)
  })

  it('names how many more there are', () => {
    const many = Object.fromEntries(Array.from({ length: 300 }, (_, i) => [`m${i}`, i]))
    expect(render(many)).toMatch(/\n- and 280 more$/)
  })

  it('asks the reviewer to accept what got worse, at the top and in the checklist', () => {
    const { body } = renderPullRequest({ evaluation: { metrics } })
    expect(body.indexOf('**Evaluation**: ⚠️')).toBeLessThan(body.indexOf('## Changes'))
    expect(body).toContain('- [ ] Worse evaluation results accepted')
    expect(renderPullRequest({ evaluation: { accuracy: 1 } }).body).not.toContain('accepted')
  })

  it('passes the redactor', () => {
    const key = ['sk-', 'proj-'].join('') + 'Zx9Qw3Er5Ty7Ui1Op2As4Df6Gh8Jk0L'.repeat(2)
    const { body } = renderPullRequest({ evaluation: { judge: { value: key, previous: 1 }, [key]: 2 } })
    expect(body).not.toContain(key.slice(0, 20))
  })
})
