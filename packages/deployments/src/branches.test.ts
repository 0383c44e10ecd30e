import fc from 'fast-check'
import { expect, it } from 'vitest'
import { assignBranches } from './branches.ts'
import { type CompiledRoute, compileRoute, type Route, type RouteValues } from './route.ts'

const route = (more: Partial<Route> = {}) =>
  compileRoute({ vcs: 'github', repository: 'acme/prompts', ...more }, 'route')
const values = (more: Partial<RouteValues> = {}) => ({ app: 'bot', environment: 'production', ...more }) as RouteValues
const assign = (routes: CompiledRoute[], project = 'default', more: Partial<RouteValues> = {}) => {
  const assigned = assignBranches(routes, project, () => values({ project, ...more }))
  return routes.map((one) => assigned.get(one))
}
const PLAIN = 'pullwright/bot/production'

it('adds a project that the template does not name, and leaves the default one alone', () => {
  expect(assign([route()])).toEqual([PLAIN])
  expect(assign([route()], 'tenant')).toEqual([`${PLAIN}+tenant`])
  expect(assign([route({ branch: 'x/{{ project }}/{{app}}' })], 'tenant')).toEqual(['x/tenant/bot'])
})

it('gives the plain branch to the default path, JSON before YAML, whatever the order', () => {
  const json = route()
  const yaml = route({ format: 'yaml' })
  const other = route({ path: 'other/{{app}}.json' })
  const digest = expect.stringMatching(/^pullwright\/bot\/production\+[0-9a-f]{6}$/)
  expect(assign([json, yaml, other])).toEqual([PLAIN, digest, digest])
  expect(assign([other, yaml])).toEqual([digest, PLAIN])
  fc.assert(
    fc.property(fc.shuffledSubarray([json, yaml, other], { minLength: 3 }), (shuffled) => {
      const branches = assign(shuffled)
      expect(new Set(branches).size).toBe(3)
      for (const one of [json, yaml, other]) {
        expect(branches[shuffled.indexOf(one)]).toBe(assign([json, yaml, other])[[json, yaml, other].indexOf(one)])
      }
    }),
  )
})

it('takes repositories that differ in case for one, and other hosts for others', () => {
  const [first, second] = [route(), route({ repository: 'Acme/Prompts', path: 'x.json' })]
  expect(assign([second, first])).toEqual([expect.stringContaining('+'), PLAIN])
  expect(assign([first, { ...route(), id: 'integration:1', host: 'https://git.example' }])).toEqual([PLAIN, PLAIN])
})

it('makes no branch that another deployment may claim', () => {
  const [json, other] = [route(), route({ path: 'other.json' })]
  const suffix = assign([json, other])[1]?.split('+')[1] ?? ''
  expect(assign([json], suffix)[0]).not.toBe(assign([json, other])[1])
  expect(assign([json], 'default', { environment: `production-2` })).toEqual(['pullwright/bot/production-2'])
})
