import type { JsonValue } from '@pullwright/core'
import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { parse } from 'yaml'
import { deploymentFile, isoTime, printFile } from './deployment-file.ts'

const data = {
  app_name: 'support-bot',
  environment: 'production',
  variant_name: 'v2',
  revision: 15,
  deployed_by: { user_id: 'u1', email: 'jane@example.com', name: 'Jane' },
  deployment_id: 'dep_1',
  commit_message: 'Better answers',
}
const facts = { deployedAt: Date.UTC(2025, 10, 20, 10, 30), url: 'https://agenta.example.com/apps/7' }
const file = (config: JsonValue) => deploymentFile(data, config, facts)

describe('the committed file', () => {
  it('has the shape of the contract, in its order, and ends with a line feed', () => {
    const text = printFile(file({ model: 'gpt-4', a: 1 }), 'json')
    expect(text.endsWith('}\n')).toBe(true)
    const parsed = JSON.parse(text)
    expect(parsed).toEqual({
      app_name: 'support-bot',
      environment: 'production',
      deployed_at: '2025-11-20T10:30:00Z',
      deployed_by: 'jane@example.com',
      variant: { name: 'v2', revision: 15 },
      config: { a: 1, model: 'gpt-4' },
      metadata: { url: facts.url, deployment_id: 'dep_1', commit_message: 'Better answers' },
    })
    expect(Object.keys(parsed)).toEqual([
      'app_name',
      'environment',
      'deployed_at',
      'deployed_by',
      'variant',
      'config',
      'metadata',
    ])
  })

  it('is the same whatever order the host keeps its keys in', () => {
    expect(printFile(file({ b: { y: 1, x: 2 }, a: 1 }), 'json')).toBe(
      printFile(file({ a: 1, b: { x: 2, y: 1 } }), 'json'),
    )
  })

  it('says null for what it does not know', () => {
    const bare = deploymentFile(
      { app_name: 'a', environment: 'e', variant_name: 'v' },
      {},
      { deployedAt: 0, url: null },
    )
    expect(bare).toMatchObject({
      deployed_by: null,
      metadata: { url: null, deployment_id: null, commit_message: null },
    })
  })

  it('keeps milliseconds only where there are some', () => {
    expect(isoTime(0)).toBe('1970-01-01T00:00:00Z')
    expect(isoTime(1)).toBe('1970-01-01T00:00:00.001Z')
  })
})

describe('YAML', () => {
  it('writes a prompt as a block, so that each of its lines is a line of the file', () => {
    const prompt = 'You are a support assistant.\nBe concise.\n\n  - never guess\n'
    const text = printFile(file({ system_prompt: prompt }), 'yaml')
    expect(text).toContain('system_prompt: |')
    for (const line of ['You are a support assistant.', 'Be concise.', '- never guess']) {
      expect(text.split('\n').map((each) => each.trim())).toContain(line)
    }
    expect(text.endsWith('\n')).toBe(true)
  })

  it('does not fold a long line', () => {
    const long = 'word '.repeat(200).trim()
    expect(printFile(file({ system_prompt: long }), 'yaml')).toContain(long)
  })

  it('reads back as what was written, whatever the text holds', () => {
    const hard = [
      '',
      ' ',
      '\n',
      ' lead',
      'trail ',
      'a\n b\n',
      '\ta\n',
      'a\r\nb',
      '\u0000',
      '\u2028x\ny',
      '\ud800',
      '%',
      '- x',
      '#x\ny',
      'null',
      '1e3',
      '---\n...\n',
    ]
    const config = fc.jsonValue().filter((value) => !JSON.stringify(value).includes('__proto__'))
    fc.assert(
      fc.property(
        fc.oneof(
          fc.constantFrom(...hard).map((text) => ({ text })),
          config,
        ),
        (value) => {
          const json = JSON.parse(JSON.stringify(value)) as JsonValue
          const written = printFile(file(json), 'yaml')
          expect(parse(written).config).toEqual(json)
          expect(Buffer.from(written, 'utf8').toString('utf8')).toBe(written)
        },
      ),
      { numRuns: 500 },
    )
  })
})
