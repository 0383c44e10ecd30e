import type { World } from '../model/world.ts'
import { type DeliveryOrder, type GitLabDelivery, makeDelivery } from './deliveries.ts'
import { finder } from './finder.ts'
import { looking } from './looking.ts'
import { people } from './people.ts'
import { addProject, addToken, ensureUser, type NewGitLabToken, type NewProject } from './setup.ts'

/** Set things up, look at what was done, and do what people do in the browser. */
export type FakeGitLabState = ReturnType<typeof createState>

export function createState(world: World) {
  const find = finder(world)
  const { project } = find
  return {
    /** Answers the project's number. */
    createProject: async (input: NewProject): Promise<number> => (await addProject(world, input)).id,
    changeProject: (path: string, changes: Partial<Omit<NewProject, 'path' | 'files' | 'members'>>): void => {
      Object.assign(project(path), changes)
    },
    createUser: (username: string): number => ensureUser(world, username).id,
    setRole: (path: string, username: string, role: NonNullable<NewProject['members']>[string]): void => {
      ensureUser(world, username)
      project(path).members.set(username.toLowerCase(), role)
    },
    createToken: (input: NewGitLabToken = {}): string => addToken(world, input).value,
    revokeToken: (value: string): void => {
      const token = world.tokens.get(value)
      if (token !== undefined) token.revoked = true
    },

    ...looking(world, find),
    ...people(world, find),
    /** What GitLab would send to a webhook about this, signed. */
    delivery: (order: DeliveryOrder): Promise<GitLabDelivery> => makeDelivery(world, project(order.project), order),
  }
}
