import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { join } from 'node:path'
import { pathToFileURL } from 'node:url'
import { describe, expect, it } from 'vitest'
import { root } from './root.mjs'
import { runNode } from './run.mjs'

describe('a script in the foreground', () => {
  it('gives its exit code on', async () => {
    expect(await runNode(['-e', 'process.exit(7)'])).toBe(7)
    expect(await runNode(['-e', ''])).toBe(0)
  })

  it('ended by a signal gives 128 and the number of the signal', async () => {
    expect(await runNode(['-e', 'process.kill(process.pid, "SIGKILL")'])).toBe(137)
  })

  it('is asked to stop when its starter is, and may end in its own way', async () => {
    const inner = 'process.on("SIGTERM", () => process.exit(5)); setInterval(() => {}, 1000); console.log("ready")'
    const run = pathToFileURL(join(root, 'scripts', 'lib', 'run.mjs')).href
    const outer = `import(${JSON.stringify(run)}).then(async ({ runNode }) => {
      process.exitCode = await runNode(['-e', ${JSON.stringify(inner)}])
    })`
    const child = spawn(process.execPath, ['-e', outer], { stdio: ['ignore', 'pipe', 'inherit'] })
    await once(child.stdout, 'data')
    child.kill('SIGTERM')
    expect(await once(child, 'close')).toEqual([5, null])
  })
})
