import { describe, expect, it } from 'vitest'
import { deploymentPullRequests } from './deployment-pull-requests.ts'
import { matchesRoute } from './matches-route.ts'
import type { Route } from './route.ts'

const route: Route = { vcs: 'github', repository: 'acme/prompts' }
const production = { project: 'default', app: 'support-bot', environment: 'production' }

describe('matchesRoute', () => {
  it('takes everything where nothing is said, and one of several names where some are', () => {
    expect(matchesRoute({}, production)).toBe(true)
    expect(matchesRoute({ when: { environment: ['staging', 'production'] } }, production)).toBe(true)
    expect(matchesRoute({ when: { environment: 'production', app: 'other' } }, production)).toBe(false)
    expect(matchesRoute({ when: { project: 'other' } }, production)).toBe(false)
  })

  it('lets * stand for any run of characters, and nothing else for anything', () => {
    const fits = (app: string, name: string) => matchesRoute({ when: { app } }, { ...production, app: name })
    expect(fits('*', '')).toBe(true)
    expect(fits('support-*', 'support-bot')).toBe(true)
    expect(fits('*-bot', 'support-bot')).toBe(true)
    expect(fits('s*p*t', 'support-bot')).toBe(true)
    expect(fits('a*a', 'a')).toBe(false)
    expect(fits('ab*ba', 'aba')).toBe(false)
    expect(fits('support.bot', 'supportxbot')).toBe(false)
    expect(fits('Support-Bot', 'support-bot')).toBe(false)
    expect(fits('*a*a*a*a*a*a*a*a*a*a*b', 'a'.repeat(50_000))).toBe(false)
  })
})

describe('deploymentPullRequests', () => {
  const refused = (...routes: unknown[]) => {
    try {
      deploymentPullRequests({ routes: routes as Route[] })
    } catch (error) {
      return (error as Error).message
    }
    return null
  }

  it('refuses a mistake at once, by path', () => {
    expect(refused({ vcs: 'github', repository: 'prompts' })).toContain('routes[0].repository')
    expect(refused(route, { ...route, lables: [] })).toContain('routes[1]')
    expect(refused({ ...route, title: 'Deploy {{nothing}}' })).toContain('nothing')
    expect(refused({ ...route, path: '{{nope}}.json' })).toContain('routes[0].path')
    expect(refused({ ...route, pseudonymise: true })).toBeNull()
    expect(refused({ ...route, pseudonymise: 'yes' })).toContain('routes[0].pseudonymise')
    expect(refused(route, route)).toContain('routes[1]')
    expect(refused({ ...route, include: { only: ['a..b'] } })).toContain('routes[0].include')
    expect(refused({ ...route, redact: ['**'] })).toBeNull()
    expect(refused({ ...route, redact: ['--'] })).toContain('routes[0].redact')
    expect(refused({ ...route, format: 'toml' })).toContain('routes[0].format')
  })

  it('refuses a path or a branch that no repository can hold', () => {
    for (const path of ['../{{app}}.json', '/etc/{{app}}', 'a/.git/{{app}}', 'a//b', 'a/', '.', 'a\\b', 'C:/x']) {
      expect(refused({ ...route, path }), path).toContain('routes[0].path')
    }
    for (const branch of ['a..b/{{app}}', '.x', 'x.lock', '-x', 'a b', 'x/', 'refs/heads/x', 'HEAD', '@{x', 'main']) {
      expect(refused({ ...route, branch }), branch).toContain('routes[0].branch')
    }
    expect(refused({ ...route, base: 'a b' })).toContain('routes[0].base')
    expect(refused({ ...route, base: 'release', branch: 'release' })).toContain('routes[0].branch')
  })

  it('takes good routes', () => {
    expect(refused({ ...route, path: '.github/{{app}}.yml', branch: 'x/{{app}}', base: 'main' })).toBeNull()
    expect(refused({ ...route, onForeignCommits: 'new-branch' }, { ...route, format: 'yaml' })).toBeNull()

    expect(refused(route, { ...route, path: 'x/{{app}}.yaml', labels: [] })).toBeNull()
  })
})
