import { pathSegment } from '../names.ts'
import type { CompiledRoute, RouteValues } from '../route.ts'
import type { FileInGit } from './read-deployment-file.ts'

/** Where a route puts the file of this deployment; a path that names what no file tells is owned by none. */
export function filePathOf(
  compiled: CompiledRoute,
  { app, environment, variant, revision }: FileInGit,
  project: string,
): string {
  const safe = (text: string | number | null) => (text === null ? '' : pathSegment(String(text)))
  const values: RouteValues = {
    app: safe(app),
    app_id: '',
    app_name: safe(app),
    deployment_id: '',
    environment: safe(environment),
    identity: '',
    project: safe(project),
    revision: safe(revision),
    variant: safe(variant),
    variant_id: '',
    variant_name: safe(variant),
  }
  return compiled.path(values)
}
