import { describe, expect, it } from 'vitest'
import { deploymentFile, printFile } from './deployment-file.ts'
import { lineOfPath } from './line-of-path.ts'

const config = {
  llm: { model: 'gpt-4', temperature: 0.5 },
  messages: [{ content: 'a\nb' }, { content: 'c' }],
  'a.b': 1,
}
const facts = { deployedAt: 0, url: null }

describe.each(['json', 'yaml'] as const)('in a %s file', (format) => {
  const file = printFile(deploymentFile({ app_name: 'bot', environment: 'production' }, config, facts), format)
  const lineAt = (path: string) => file.split('\n')[(lineOfPath(file, path) ?? 0) - 1]

  it('finds the line of a value', () => {
    expect(lineAt('llm.temperature')).toMatch(/"?temperature"?: 0\.5/)
    expect(lineAt('messages[1].content')).toMatch(/"?content"?: "?c"?/)
    expect(lineAt('["a.b"]')).toMatch(/a\.b"?: 1/)
  })

  it('finds nothing for what is not there', () => {
    expect(lineOfPath(file, 'llm.top_p')).toBeNull()
    expect(lineOfPath(file, 'messages[7].content')).toBeNull()
  })
})
