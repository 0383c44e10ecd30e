import { expect, it } from 'vitest'
import { codeOwnersOf } from './code-owners.ts'

const PATH = 'deployments/support-bot/production.json'

it.each([
  ['* @all', ['all']],
  ['/deployments/ @ann @acme/leads', ['ann', 'acme/leads']],
  ['deployments/*/production.json @ann', ['ann']],
  ['*.json @ann someone@example.com', ['ann']],
  ['support-bot/ @ann', ['ann']],
  ['**/production.json @ann', ['ann']],
  ['/deployments/**/production.json @ann', ['ann']],
  ['* @all\n/deployments/ @ann # with a word\n# /deployments/ @bob', ['ann']],
  ['* @all\n/deployments/support-bot/', []],
  ['/support-bot/ @ann', []],
  ['/deployments/production.json @ann', []],
  ['deployments/* @ann\n*.yaml @bob', ['ann']],
  ['[Prompts] @default\n/deployments/ @ann\n^[Optional]\n/docs/ @bob', ['ann']],
  ['', []],
])('%j', (text, owners) => {
  expect(codeOwnersOf(text, PATH)).toEqual(owners)
})
