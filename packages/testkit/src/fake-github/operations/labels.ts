import { demand, type Session } from '../model/access.ts'
import type { Label, PullRequest, Repository } from '../model/entities.ts'
import { Refusal, type RestProblem } from '../model/refusal.ts'
import { register, type World } from '../model/world.ts'

export interface NewLabel {
  name: string
  color: string
  description?: string | null | undefined
}

const EITHER = ['issues', 'pull_requests'] as const

/** Labels' names are equal whatever their case. */
export function findLabel(repository: Repository, name: string): Label | undefined {
  return repository.labels.find((label) => label.name.toLowerCase() === name.toLowerCase())
}

export function createLabel(world: World, session: Session, repository: Repository, input: NewLabel): Label {
  demand(session, repository, { permissions: EITHER, level: 'write', action: 'CreateLabel' })
  const wrong = problems(repository, input)
  if (wrong.length > 0) {
    const message = wrong.map((problem) => problem.message ?? `${problem.field} is invalid`).join(', ')
    throw new Refusal('UNPROCESSABLE', message, { restMessage: 'Validation Failed', restErrors: wrong.map(asRest) })
  }
  return addLabel(world, repository, input)
}

export function addLabel(world: World, repository: Repository, input: NewLabel): Label {
  const label = register<Label>(world, {
    kind: 'Label',
    name: input.name,
    color: input.color.toLowerCase(),
    description: input.description ?? null,
    repository,
    createdAt: world.now(),
  })
  repository.labels.push(label)
  return label
}

export function addLabels(world: World, session: Session, pullRequest: PullRequest, labels: readonly Label[]): void {
  demand(session, pullRequest.repository, { permissions: EITHER, level: 'write', action: 'AddLabelsToLabelable' })
  for (const label of labels) {
    if (pullRequest.labels.includes(label)) continue
    pullRequest.labels.push(label)
    if (session.account !== null) pullRequest.labeled.push({ label, by: session.account })
  }
  pullRequest.updatedAt = world.now()
}

export function removeLabels(world: World, session: Session, pullRequest: PullRequest, labels: readonly Label[]): void {
  demand(session, pullRequest.repository, { permissions: EITHER, level: 'write', action: 'RemoveLabelsFromLabelable' })
  pullRequest.labels = pullRequest.labels.filter((label) => !labels.includes(label))
  pullRequest.updatedAt = world.now()
}

function problems(repository: Repository, input: NewLabel): RestProblem[] {
  const wrong: RestProblem[] = []
  const add = (code: string, field: string, message: string) => wrong.push({ resource: 'Label', code, field, message })
  if (input.name.trim() === '') add('missing_field', 'name', "Name can't be blank")
  if ([...input.name].length > 50) add('custom', 'name', 'name is too long (maximum is 50 characters)')
  if (!/^[0-9a-f]{6}$/i.test(input.color)) add('invalid', 'color', 'Color is invalid')
  if ([...(input.description ?? '')].length > 100) {
    add('custom', 'description', 'description is too long (maximum is 100 characters)')
  }
  if (findLabel(repository, input.name) !== undefined) add('already_exists', 'name', 'Name has already been taken')
  return wrong
}

/** REST carries a message only with `custom`. */
function asRest(problem: RestProblem): RestProblem {
  if (problem.code === 'custom') return problem
  const { message: _, ...rest } = problem
  return rest
}
