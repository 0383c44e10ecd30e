import { expect, test } from 'vitest'
import type { CommitNode } from '../graphql/fragments.ts'
import { foreignCommits } from './authors.ts'

const user = (login: string, email = `${login}@example.com`) => ({ name: login, email, user: { login } })
const GITHUB = { name: 'GitHub', email: 'noreply@github.com', user: { login: 'web-flow' } }
const commit = (author: CommitNode['author'], committer: CommitNode['committer'] = GITHUB): CommitNode => ({
  oid: 'c0ffee',
  author,
  committer,
})
const foreign = (one: CommitNode, viewer = 'bot', hosted = true) => foreignCommits([one], viewer, hosted).length === 1

test('a commit that GitHub made for our account is ours', () => {
  expect(foreign(commit(user('bot')))).toBe(false)
  expect(foreign(commit(user('Bot')))).toBe(false)
})

test('a commit of another account is not, whoever committed it', () => {
  expect(foreign(commit(user('jane')))).toBe(true)
  expect(foreign(commit(user('jane'), user('bot')))).toBe(true)
  expect(foreign(commit({ name: 'bot', email: 'someone@example.com', user: null }))).toBe(true)
  expect(foreign(commit(null))).toBe(true)
})

test('what the owner of the token pushed from a machine is a person’s work', () => {
  expect(foreign(commit(user('bot'), user('bot')))).toBe(true)
})

test('an Enterprise Server may name the author as committer', () => {
  expect(foreign(commit(user('bot'), user('bot')), 'bot', false)).toBe(false)
})

test('an app is known by its address, for it is no user', () => {
  const app = { name: 'deployer', email: '41+deployer[bot]@users.noreply.github.com', user: null }
  expect(foreign(commit(app), 'deployer[bot]')).toBe(false)
  expect(foreign(commit(app), 'deployer')).toBe(false)
  expect(foreign(commit(app), 'other')).toBe(true)
})

test('tells who it was', () => {
  expect(foreignCommits([commit(user('jane')), commit({ name: 'Joe', email: null, user: null })], 'bot', true)).toEqual(
    [
      { oid: 'c0ffee', author: 'jane' },
      { oid: 'c0ffee', author: 'Joe' },
    ],
  )
})
