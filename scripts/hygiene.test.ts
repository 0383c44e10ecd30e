import { existsSync } from 'node:fs'
import { homedir } from 'node:os'
import { dirname, join } from 'node:path'
import { describe, expect, it } from 'vitest'
import { projectFiles, textOf } from './lib/files.mjs'
import { packages } from './lib/pack.mjs'
import { root } from './lib/root.mjs'

const files = projectFiles()

/**
 * Shapes of credentials, as their vendors document them: GitHub ("About authentication to GitHub"), GitLab ("Token
 * overview"), AWS (IAM identifiers), Slack, OpenAI, Google, Standard Webhooks, PEM (RFC 7468).
 */
const CREDENTIALS = {
  'GitHub token': /\bgh[pousr]_[A-Za-z0-9]{36,}\b|\bgithub_pat_[A-Za-z0-9_]{60,}\b/,
  'GitLab token': /\bglpat-[A-Za-z0-9_-]{20,}\b/,
  'AWS access key': /\b(AKIA|ASIA)[A-Z0-9]{16}\b/,
  'Slack token': /\bxox[abprs]-[A-Za-z0-9-]{20,}\b/,
  'OpenAI key': /\bsk-(?=[A-Za-z_-]*\d)[A-Za-z0-9_-]{32,}\b/,
  'Google key': /\bAIza[A-Za-z0-9_-]{35}\b/,
  'webhook secret': /\bwhsec_[A-Za-z0-9+/]{24,}={0,2}/,
  'private key': /-----BEGIN [A-Z ]*PRIVATE KEY-----\s+[A-Za-z0-9+/]{40}/,
}

/** The secret of the example in the Standard Webhooks specification: public, and what tests are checked against. */
const PUBLISHED = 'MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw'

describe('the project’s files', () => {
  it.each(Object.entries(CREDENTIALS))('hold no %s', (_, shape) => {
    expect(files.filter((path) => shape.test(textOf(path).replaceAll(PUBLISHED, '')))).toEqual([])
  })

  it('name no folder of the machine they were written on', () => {
    const folders = [root, homedir()].filter((folder) => folder.length > 1)
    const named = (path: string) => folders.some((folder) => textOf(path).includes(`${folder}/`))
    expect(files.filter(named)).toEqual([])
  })

  it('hold no focused test', () => {
    const focused = /\b(describe|it|test)\.only\(/
    expect(files.filter((path) => path.endsWith('.test.ts') && focused.test(textOf(path)))).toEqual([])
  })

  it('link to files that are there', () => {
    const broken = files
      .filter((path) => path.endsWith('.md'))
      .flatMap((path) => linksOf(textOf(path)).map((link) => ({ path, link })))
      .filter(({ path, link }) => !existsSync(join(root, dirname(path), link)))
    expect(broken).toEqual([])
  })
})

describe('the lock file', () => {
  it('names packages and hashes, and no address to fetch them from', () => {
    expect(textOf('pnpm-lock.yaml')).not.toMatch(/https?:\/\/|tarball:/)
  })
})

describe.each(packages())('$name', ({ name, folder, manifest }) => {
  it('comes with a readme, a changelog and a licence, and publishes them', () => {
    for (const file of ['README.md', 'CHANGELOG.md', 'LICENSE']) {
      expect(existsSync(join(folder, file)), file).toBe(true)
      expect(manifest.files).toContain(file)
    }
  })

  it('says the same version everywhere', () => {
    const changelog = textOf(join('packages', name.replace('@pullwright/', ''), 'CHANGELOG.md'))
    expect(changelog.match(/^## (\S+)/m)?.[1]).toBe(manifest.version)
    expect(packages().map((each) => each.manifest.version)).toEqual(packages().map(() => manifest.version))
  })

  it('may be tree-shaken, and says on which Node it runs', () => {
    const { node } = JSON.parse(textOf('package.json')).engines
    expect(manifest).toMatchObject({ sideEffects: false, type: 'module', license: 'MIT', engines: { node } })
  })

  it('offers its source first while it is developed, and the same entries without it when published', () => {
    const source = '@pullwright/source'
    const published = manifest.publishConfig.exports
    expect(Object.keys(published)).toEqual(Object.keys(manifest.exports))
    for (const [entry, conditions] of Object.entries<Record<string, string>>(manifest.exports)) {
      const { [source]: file = '', ...others } = conditions
      expect(Object.keys(conditions)[0]).toBe(source)
      expect(existsSync(join(folder, file)), file).toBe(true)
      expect(published[entry]).toEqual(others)
    }
  })

  it('pins what it depends on, but for its siblings and its peers', () => {
    const wanted = Object.entries<string>({ ...manifest.dependencies, ...manifest.devDependencies })
    const loose = wanted.filter(([dependency, version]) =>
      dependency.startsWith('@pullwright/')
        ? version !== 'workspace:^'
        : !/^(npm:\S+@)?\d+\.\d+\.\d+(-[\w.]+)?$/.test(version),
    )
    expect(loose).toEqual([])
  })
})

/** Relative links of a Markdown text, without fragments; code is left out. */
function linksOf(markdown: string): string[] {
  const prose = markdown.replace(/^```[\s\S]*?^```/gm, '').replace(/`[^`\n]*`/g, '')
  return [...prose.matchAll(/\]\(([^)\s]+)\)/g)]
    .map(([, target = '']) => target.replace(/#.*$/, ''))
    .filter((target) => target !== '' && !/^[a-z]+:/.test(target))
}
