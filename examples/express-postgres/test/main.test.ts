import { execFile } from 'node:child_process'
import { fileURLToPath } from 'node:url'
import { promisify } from 'node:util'
import { expect, test } from 'vitest'

const main = fileURLToPath(new URL('../src/main.ts', import.meta.url))

test('the example goes from a deployment to a pull request, a webhook and an audit trail, and ends', async () => {
  const flags = ['--conditions=@pullwright/source', `--import=${import.meta.resolve('tsx')}`, main]
  const { GITHUB_TOKEN: _token, GITHUB_REPOSITORY: _repository, ...env } = process.env
  const { stdout, stderr } = await promisify(execFile)(process.execPath, flags, { env })
  expect(stderr).toBe('')
  const expected = [
    /endpoint \S+ made over the admin API/,
    /merged at GitHub, whose webhook was received: HTTP 202/,
    /# Pull request 2: Deploy support-bot to production \(revision 2\)/,
    /- `temperature`: `0.7` → `0.2`/,
    /diff --git a\/deployments\/acme\/support-bot\/production.json/,
    /\+ +"temperature": 0.2/,
    /# Webhooks delivered: 3, and verified by their receiver: 3/,
    /"event": "environment.deployed"/,
    /ada@acme.example {2}endpoint.create/,
    /every link of \d+ holds/,
    /# Another tenant sees 0 deliveries; our endpoint: not-found/,
  ]
  for (const text of expected) expect(stdout).toMatch(text)
}, 60_000)
