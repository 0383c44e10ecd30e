import type { DeploymentFacts } from './deployment-facts.ts'
import { plainQuote, plainText } from './plain-text.ts'
import { shorten } from './visible-text.ts'

/** Git's own convention for the first line of a commit. */
const MAX_SUBJECT = 72
const MAX_MESSAGE = 2000

/** The commit's message: what was done in the first line, the facts, and what the deployer said, as a quote. */
export function renderCommitMessage(facts: DeploymentFacts): string {
  const told: [name: string, text: string][] = [
    ['Variant', facts.variant],
    [facts.proposal ? 'Proposed by' : 'Deployed by', facts.deployedBy],
    [facts.proposal ? 'Proposed at' : 'Deployed at', facts.timestamp],
  ]
  const lines = told.filter(([, text]) => text !== '').map(([name, text]) => `${name}: ${plainText(text)}`)
  const message = facts.commitMessage.trim() === '' ? '' : plainQuote(shorten(facts.commitMessage, MAX_MESSAGE))
  return [defaultTitle(facts, MAX_SUBJECT), message, lines.join('\n')].filter((part) => part !== '').join('\n\n')
}

/** `Deploy customer-support-bot to production (revision 15)` in at most `length`: the names give way, not the sentence. */
export function defaultTitle(facts: DeploymentFacts, length: number): string {
  const revision = facts.revision === '' || facts.removed ? '' : ` (revision ${plainText(facts.revision)})`
  const write = (app: string, environment: string) => {
    const where = environment === '' ? '' : ` ${facts.removed ? 'from' : 'to'} ${environment}`
    return `${facts.proposal ? 'Proposal: ' : ''}${facts.removed ? 'Remove' : 'Deploy'} ${app}${where}`
  }
  const app = plainText(facts.app) || 'configuration'
  const environment = plainText(facts.environment)
  const title = write(app, environment) + revision
  if (title.length <= length) return title
  const fixed = write('', '').length + ' from '.length + revision.length
  const each = Math.max(8, Math.floor((length - fixed) / 2))
  const spare = Math.max(0, each - environment.length)
  return shorten(write(shorten(app, each + spare), shorten(environment, each)) + revision, length)
}
