import { expect, it } from 'vitest'
import { renderDeploymentHistory } from './deployment-history.ts'

const entry = {
  variant: 'v2',
  revision: 1,
  by: 'jane',
  at: Date.UTC(2026, 0, 2, 3, 4),
  status: 'live',
  message: null,
} as const

it('shows the newest first', () => {
  const text = renderDeploymentHistory([entry, { ...entry, revision: 2, status: 'failed', message: 'No quota' }])
  expect(text.split('\n').slice(4)).toEqual([
    '| 2 | v2 | jane | 2026-01-02 03:04 UTC | ❌ failed: No quota |',
    '| 1 | v2 | jane | 2026-01-02 03:04 UTC | 🚀 live |',
  ])
})

it('counts those it leaves out', () => {
  const many = Array.from({ length: 25 }, (_, revision) => ({ ...entry, revision }))
  expect(renderDeploymentHistory(many)).toMatch(/\*and 5 earlier\*$/)
})

it('lets no text out of its cell, and no secret in', () => {
  const secret = `ghp_${'a1B2c3D4'.repeat(5).slice(0, 36)}`
  const text = renderDeploymentHistory([{ ...entry, by: 'a|b @all', variant: secret, message: '<b>\n| x |' }])
  expect(text).not.toContain(secret)
  expect(text.split('\n')).toHaveLength(5)
  expect(text.split('\n')[4]?.match(/\|/g)).toHaveLength(6)
  expect(text).toContain('`a\\u007cb @all`')
})
