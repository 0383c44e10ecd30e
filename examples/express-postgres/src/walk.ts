import { type Client, createClient } from '@pullwright/core/client'
import type { Backend } from './backend.ts'
import { type Browser, openBrowser } from './browser.ts'
import type { Forge } from './forge.ts'
import { ADA, GRACE } from './seed.ts'

const FIRST = { model: 'gpt-4o', temperature: 0.7, prompt: 'You are a support assistant.\nAnswer politely.\n' }
const SECOND = { ...FIRST, temperature: 0.2, prompt: `${FIRST.prompt}Answer in at most three sentences.\n` }

export interface Walk {
  backend: Backend
  forge: Forge
  password: string
  say: (text: string) => void
}

/** One deployment from the request to the merged pull request, by HTTP and nothing else. */
export async function walk({ backend, forge, password, say }: Walk): Promise<void> {
  const ada = await openBrowser(backend.url, ADA.email, password)
  const admin = createClient({ baseUrl: `${backend.url}/pullwright`, headers: ada.headers })

  const url = `${backend.url}/receiver`
  const endpoint = await admin.endpoints.create({ url, events: ['environment.deployed', 'pull_request.merged'] })
  backend.receiver.trust(endpoint.secret)
  say(`endpoint ${endpoint.name ?? endpoint.url} made over the admin API`)

  await ada.post('/api/apps', { name: 'support-bot' })
  await ada.post('/api/apps/support-bot/variants', { name: 'concise' })
  const first = await release(ada, FIRST, 'First version')
  say(`deployment ${first} answered at once; its pull request: ${(await pullRequestOf(admin, first)).url}`)
  await mergeFirst(backend, forge, (await pullRequestOf(admin, first)).number, say)

  const second = await release(ada, SECOND, 'Shorter answers')
  const { number } = await pullRequestOf(admin, second)
  const pullRequest = await forge.vcs.getPullRequest(forge.repository, number)
  say(`\n# Pull request ${number}: ${pullRequest.title}\n\n${pullRequest.body}`)
  if (forge.people !== null) say(`\n# Its diff\n\n${forge.people.diff(pullRequest.branch)}`)

  await tellOfDeliveries(backend, admin, say)
  await tellOfAudit(admin, say)
  await lookFromElsewhere(backend, password, endpoint.id, say)
}

async function release(ada: Browser, config: object, message: string): Promise<string> {
  const { number } = await ada.post('/api/apps/support-bot/variants/concise/revisions', { config })
  const wanted = { variant: 'concise', revision: number, message }
  return String((await ada.post('/api/apps/support-bot/environments/production/deploy', wanted)).deployment)
}

async function pullRequestOf(admin: Client, deployment: string) {
  return until(async () => (await admin.deployments.pullRequests(deployment)).data[0])
}

/** GitHub tells of a merge at `/hooks/github`, signed. */
async function mergeFirst({ url }: Backend, forge: Forge, number: number, say: Walk['say']): Promise<void> {
  if (forge.people === null) return
  const { headers, body } = await forge.people.merge(number)
  const answer = await fetch(`${url}/pullwright/hooks/github`, { method: 'POST', headers, body })
  say(`merged at GitHub, whose webhook was received: HTTP ${answer.status}`)
}

async function tellOfDeliveries({ receiver }: Backend, admin: Client, say: Walk['say']): Promise<void> {
  const delivered = await until(async () => {
    const { data } = await admin.deliveries.list()
    return data.length >= 2 && data.every(({ status }) => status === 'done') ? data : undefined
  })
  say(`\n# Webhooks delivered: ${delivered.length}, and verified by their receiver: ${receiver.received.size}\n`)
  const last = [...receiver.received.values()].findLast(({ event }) => event === 'environment.deployed')
  say(JSON.stringify(last, null, 2))
}

async function tellOfAudit(admin: Client, say: Walk['say']): Promise<void> {
  say('\n# The audit trail\n')
  for await (const { at, actor, action, target } of admin.audit.list())
    say(`${at}  ${actor ?? '-'}  ${action}  ${target}`)
  const verdict = await admin.audit.verify()
  say(verdict.ok ? `every link of ${verdict.count} holds` : `broken at ${verdict.sequence}`)
}

async function lookFromElsewhere(
  backend: Backend,
  password: string,
  endpoint: string,
  say: Walk['say'],
): Promise<void> {
  const { headers } = await openBrowser(backend.url, GRACE.email, password)
  const admin = createClient({ baseUrl: `${backend.url}/pullwright`, headers })
  const { data } = await admin.deliveries.list()
  const refusal = await admin.endpoints.get(endpoint).then(
    () => 'found',
    ({ code }: { code: string }) => code,
  )
  say(`\n# Another tenant sees ${data.length} deliveries; our endpoint: ${refusal}`)
}

async function until<T>(look: () => Promise<T | undefined>): Promise<T> {
  for (let tries = 0; tries < 1_500; tries += 1) {
    const found = await look()
    if (found !== undefined) return found
    await new Promise((resolve) => setTimeout(resolve, 20))
  }
  throw new Error('It did not happen in time; the warnings above say why')
}
