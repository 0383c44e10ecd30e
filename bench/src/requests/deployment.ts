/** The same deployment for everybody: one file, two labels, one reviewer. */
export const OWNER = 'acme'
export const NAME = 'prompts'
export const REPOSITORY = `${OWNER}/${NAME}`
export const BASE = 'main'
export const BRANCH = 'pullwright/support-bot/production'
export const PATH = 'deployments/support-bot/production.json'
export const LABELS = ['deployment', 'production']
export const REVIEWER = 'jane'

export interface Deployment {
  title: string
  message: string
  body: string
  content: string
}

export function deployment(revision: number): Deployment {
  const title = `Deploy support-bot ${revision} to production`
  const prompt = `Answer in ${revision} sentences, and name your sources. `.repeat(20)
  return {
    title,
    message: `${title}\n\nDeployed by ada.`,
    body: `## Deployment\n\nRevision ${revision}.\n\n${'| parameter | before | after |\n'.repeat(20)}`,
    content: `${JSON.stringify({ revision, model: 'gpt-4o', prompt }, null, 2)}\n`,
  }
}
