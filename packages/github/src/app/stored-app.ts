import type { PluginContext } from '@pullwright/core'

/** A GitHub App and all its secrets. */
export interface GitHubAppSecrets {
  appId: number | string
  /** Of its address: `https://github.com/apps/<slug>`. */
  slug: string
  privateKey: string
  webhookSecret: string
  clientId: string
  clientSecret: string
}

const KEY = 'app'

/** Keeps an App: the secrets sealed, the rest readable. */
export async function keepApp({ documents, secrets }: PluginContext, app: GitHubAppSecrets): Promise<void> {
  const { appId, slug, ...secret } = app
  await documents.put(KEY, { appId, slug, sealed: await secrets.seal(JSON.stringify(secret)) })
}

export async function keptApp({ documents, secrets }: PluginContext): Promise<GitHubAppSecrets | null> {
  const row = await documents.get(KEY)
  if (row === null) return null
  const { sealed, ...facts } = row.value as { appId: number; slug: string; sealed: string }
  return { ...facts, ...(JSON.parse(await secrets.open(sealed)) as Omit<GitHubAppSecrets, 'appId' | 'slug'>) }
}
