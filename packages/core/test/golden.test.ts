import { readdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { describe, expect, it } from 'vitest'
import { type RenderableDeployment, type RenderOptions, renderCheckSummary, renderPullRequest } from '../src/index.ts'

/** After a change that is meant: `npx tsx -C @pullwright/source scripts/render-golden.ts --update`, and read the difference. */
const folder = join(import.meta.dirname, 'golden')
const cases = readdirSync(folder)

interface Input {
  about: string
  options?: RenderOptions
  deployment: RenderableDeployment
}

describe('realistic deployments', () => {
  it('are twenty', () => {
    expect(cases).toHaveLength(20)
  })

  it.each(cases)('render as expected: %s', (name) => {
    const read = (file: string) => readFileSync(join(folder, name, file), 'utf8')
    const { deployment, options } = JSON.parse(read('input.json')) as Input
    const { title, body, commitMessage } = renderPullRequest(deployment, options)
    expect(`${title}\n`).toBe(read('title.md'))
    expect(`${body}\n`).toBe(read('body.md'))
    expect(`${commitMessage}\n`).toBe(read('commit-message.md'))
    const check = renderCheckSummary(deployment, { details: options?.details ?? true })
    expect(`${check.title}\n\n${check.summary}\n\n${check.text}\n`).toBe(read('check.md'))
  })
})
