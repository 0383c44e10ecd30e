import type { DeploymentSummary } from '@pullwright/core'
import type { FakeAgenta } from '@pullwright/testkit'
import type { Host } from './host.ts'
import type { Printer } from './print.ts'
import { databaseText, gitLog, gitText, holds, storeText } from './search.ts'
import type { Stage } from './stage.ts'
import { agentaStory, ownDeployment, plantedKey } from './story.ts'

export interface Cast {
  agenta: FakeAgenta
  stage: Stage
  host: Host
  printer: Printer
  /** The database. */
  file: string
  logs: () => string
}

/** Plays the deployments one by one, shows what came of them, and answers whether the planted key was kept out. */
export async function play({ agenta, stage, host, printer, file, logs }: Cast): Promise<boolean> {
  const planted = plantedKey()
  printer.heading('Pullwright: from a deployment to a pull request')
  printer.step(`The host listens on ${host.url}, and the pull requests go to ${stage.repository}`)
  for (const { title, delivery } of agentaStory(agenta, planted)) {
    printer.heading(title)
    const { headers, body } = delivery
    const answer = await fetch(`${host.url}/pullwright/hooks/agenta`, { method: 'POST', headers, body })
    printer.step(`signed webhook received: HTTP ${answer.status}`)
    if (answer.status !== 202) throw new Error(`The webhook was refused: ${await answer.text()}`)
    await tell(host, stage, printer)
  }
  printer.heading('The host itself: emitter.emit("environment.deployed", …)')
  await host.pullwright.emitter.emit('environment.deployed', ownDeployment(planted))
  await tell(host, stage, printer)
  if (stage.inspect === null) return true
  await show(stage.inspect, printer)
  return searchFor(planted, { host, stage, printer, file, logs })
}

async function tell(host: Host, stage: Stage, printer: Printer): Promise<void> {
  const before = stage.inspect?.requestCount() ?? 0
  await host.pullwright.drain()
  const [latest] = await host.pullwright.deployments.list({ limit: 1 })
  if (latest === undefined) throw new Error('The deployment is not in the history')
  printer.step(`deployment recorded: ${latest.app} revision ${latest.revision} in ${latest.environment}`)
  for (const line of pullRequestLines(latest)) printer.step(line)
  const requests = (stage.inspect?.requestCount() ?? before) - before
  if (stage.inspect) printer.step(`${requests} requests to the forge`)
  if (latest.status === 'failed') throw new Error('The pull request could not be made; the warning above says why')
}

function pullRequestLines({ pullRequests, timeToPullRequestMs }: DeploymentSummary): string[] {
  return pullRequests.flatMap(({ outcome, url, steps }) => [
    `pull request ${outcome} after ${timeToPullRequestMs} ms: ${url}`,
    `  ${Object.entries(steps as Record<string, { status: string }>)
      .map(([name, { status }]) => `${name} ${status}`)
      .join(', ')}`,
  ])
}

async function show(inspect: NonNullable<Stage['inspect']>, printer: Printer): Promise<void> {
  const pullRequest = await inspect.pullRequest()
  if (pullRequest === null) throw new Error('There is no pull request')
  printer.heading(`The pull request: #${pullRequest.number} ${pullRequest.title} [${pullRequest.labels.join(', ')}]`)
  printer.block(pullRequest.body)
  printer.heading('Its branch: git log -p')
  printer.block(gitLog(inspect.gitDirectory, 'main..pullwright/support-bot/production'))
  printer.line()
  printer.line(`The repository stays in ${inspect.gitDirectory}, the database beside it: have a look`)
}

async function searchFor(
  planted: string,
  { host, stage, printer, file, logs }: Omit<Cast, 'agenta'>,
): Promise<boolean> {
  const places: [string, string][] = [
    ['the store, as it answers', await storeText(host.pullwright)],
    ['the database, byte by byte', databaseText(file)],
    ['the logs', logs()],
    ['the requests to the forge', stage.inspect?.sent() ?? ''],
    ['every git object', gitText(stage.inspect?.gitDirectory ?? '.')],
    ['this output', printer.written()],
  ]
  printer.heading('The planted API key, searched for')
  for (const [place, text] of places) {
    printer.step(
      `${holds(text, planted) ? 'FOUND' : 'not there'}: ${place} (${text.length.toLocaleString('en')} characters)`,
    )
  }
  return !places.some(([, text]) => holds(text, planted))
}
