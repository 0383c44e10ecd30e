import { execFileSync } from 'node:child_process'
import fc from 'fast-check'
import { expect, test } from 'vitest'
import { blobId, filesDigest } from './git-blob.ts'

test('names a file’s content as git does', () => {
  for (const content of ['', 'hello\n', 'schöne Grüße 🚀\r\n', '\0\x01']) {
    const git = execFileSync('git', ['hash-object', '--stdin'], { input: content }).toString().trim()
    expect(blobId(Buffer.from(content))).toBe(git)
  }
})

test('the digest tells every difference and not the order', () => {
  const files = fc.uniqueArray(fc.tuple(fc.string(), fc.option(fc.string())), { selector: ([path]) => path })
  fc.assert(
    fc.property(files, files, (a, b) => {
      const same = JSON.stringify([...a].sort()) === JSON.stringify([...b].sort())
      expect(filesDigest(new Map(a)) === filesDigest(new Map(b))).toBe(same)
      expect(filesDigest(new Map([...a].reverse()))).toBe(filesDigest(new Map(a)))
    }),
  )
})
