import { expect, it } from 'vitest'
import { templateVariables } from './template-variables.ts'

it('names the variables that came and went', () => {
  const before = 'Order {{order_id}} of {{ customer.name | upper }} in {country}. {"json": {"a": 1}}'
  const after = 'Order {{order_id}} of {{user}} in {region}. {{#each items}}{{/each}}'
  expect(templateVariables(before, after)).toEqual({
    added: ['user', 'region', 'each'],
    removed: ['customer.name', 'country'],
  })
})

it('finds none where there are none, in a text of any size', () => {
  const text = '{ {{ { not: closed {{{{'.repeat(100_000)
  expect(templateVariables(text, `${text}x`)).toEqual({ added: [], removed: [] })
})
