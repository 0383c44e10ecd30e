import { execFileSync } from 'node:child_process'
import { existsSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { root } from './root.mjs'

/** Every file of the project that git keeps or would keep, as paths from the root. */
export function projectFiles() {
  const options = { cwd: root, encoding: 'utf8', maxBuffer: 64 * 1024 * 1024 }
  return execFileSync('git', ['ls-files', '-z', '--cached', '--others', '--exclude-standard'], options)
    .split('\0')
    .filter((path) => path !== '' && existsSync(join(root, path)))
}

/** A file's text. */
export function textOf(path) {
  return readFileSync(join(root, path), 'utf8')
}
