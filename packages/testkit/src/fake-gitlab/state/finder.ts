import type { MergeRequest, Project } from '../model/entities.ts'
import { findProject, type World } from '../model/world.ts'

/** Things by their names; what is not there is a mistake of the test. */
export function finder(world: World) {
  const project = (path: string): Project => {
    const found = findProject(world, path)
    if (found === undefined) throw new Error(`The fake has no project ${path}.`)
    return found
  }
  const mergeRequest = (path: string, iid: number): MergeRequest => {
    const found = project(path).mergeRequests.find((one) => one.iid === iid)
    if (found === undefined) throw new Error(`The fake has no merge request ${path}!${iid}.`)
    return found
  }
  return { project, mergeRequest }
}

export type Finder = ReturnType<typeof finder>
