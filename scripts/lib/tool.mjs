import { execFile } from 'node:child_process'
import { join } from 'node:path'
import { promisify } from 'node:util'
import { root } from './root.mjs'

const execute = promisify(execFile)

/** Runs a script of a dependency, quietly. Where it fails, what it said stands in the error's `stdout` and `stderr`. */
export function tool(script, ...args) {
  const options = { cwd: root, maxBuffer: 64 * 1024 * 1024 }
  return execute(process.execPath, [join(root, 'node_modules', script), ...args], options)
}
