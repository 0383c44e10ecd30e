import type { JsonValue } from '@pullwright/core'
import { parse } from 'yaml'
import { z } from 'zod'

const schema = z.looseObject({
  app_name: z.string().min(1),
  environment: z.string().min(1),
  variant: z.looseObject({ name: z.string().nullish(), revision: z.union([z.string(), z.number()]) }),
  config: z.json(),
})

export interface FileInGit {
  app: string
  environment: string
  variant: string | null
  revision: string | number
  config: JsonValue
}

/** A committed file as `deploymentFile` writes it, JSON or YAML, also once people edited it. Or why it is none. */
export function readDeploymentFile(text: string): FileInGit | { problem: string } {
  let value: unknown
  try {
    // JSON is YAML. No aliases: a few lines could stand for gigabytes.
    value = parse(text, { maxAliasCount: 0, logLevel: 'error' })
  } catch (error) {
    return { problem: `it cannot be read: ${error instanceof Error ? error.message.split('\n')[0] : 'syntax'}` }
  }
  const parsed = schema.safeParse(value)
  if (!parsed.success) {
    const problems = parsed.error.issues
      .slice(0, 3)
      .map(({ path, message }) => `${path.join('.') || 'the file'}: ${message}`)
    return { problem: `it is no deployment's file: ${problems.join('; ')}` }
  }
  const { app_name: app, environment, variant, config } = parsed.data
  return { app, environment, variant: variant.name ?? null, revision: variant.revision, config: config as JsonValue }
}
