import type { Change } from '../config-diff/change.ts'
import type { ChangeList } from './change-view.ts'
import type { Parameter, ParameterGroup } from './parameters.ts'

/** Changes that are made ready to be shown. Nobody reads more of them in a pull request. */
const MAX_CHANGES = 2000

/** Where there is not room for all: prompts, then the model and all about it, then the rest. */
export const RANKS: readonly (readonly ParameterGroup[])[] = [
  ['prompt'],
  ['model', 'sampling', 'output', 'tool'],
  ['other'],
]

/** The changes that matter most, in their order, and the counts of the others. */
export function mostImportant(
  changes: readonly Change[],
  parameterAt: (path: Change['path']) => Parameter,
): { kept: readonly Change[]; rest: ChangeList['rest'] } {
  if (changes.length <= MAX_CHANGES) return { kept: changes, rest: [] }
  const groups = changes.map(({ path }) => parameterAt(path).group)
  const kept = new Set<number>()
  for (const rank of RANKS) {
    groups.forEach((group, at) => {
      if (kept.size < MAX_CHANGES && rank.includes(group)) kept.add(at)
    })
  }
  const rest = new Map<string, ChangeList['rest'][number]>()
  changes.forEach(({ kind }, at) => {
    const group = groups[at] ?? 'other'
    if (kept.has(at)) return
    const entry = rest.get(`${kind} ${group}`) ?? { kind, group, count: 0 }
    entry.count++
    rest.set(`${kind} ${group}`, entry)
  })
  return { kept: changes.filter((_, at) => kept.has(at)), rest: [...rest.values()] }
}
