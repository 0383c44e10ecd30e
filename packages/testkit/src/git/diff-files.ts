import { runGit } from './run-git.ts'

export interface FileDifference {
  path: string
  status: 'A' | 'M' | 'D'
  additions: number
  deletions: number
  /** Of the file after the change; for a deleted one, before. */
  oid: string
}

/** What differs between two commits, without looking for renames. */
export async function diffFiles(directory: string, base: string, head: string): Promise<FileDifference[]> {
  const args = ['diff-tree', '-r', '-z', '--no-renames', '--raw', '--numstat', '--abbrev=40', base, head]
  const fields = (await runGit(directory, args)).stdout.toString('utf8').split('\0')
  const found = new Map<string, FileDifference>()
  for (let at = 0; at < fields.length; at++) {
    const field = fields[at] ?? ''
    const raw = /^:\d+ \d+ ([0-9a-f]{40}) ([0-9a-f]{40}) ([AMDT])$/.exec(field)
    if (raw !== null) {
      const path = fields[++at] ?? ''
      const status = raw[3] === 'A' || raw[3] === 'D' ? raw[3] : 'M'
      found.set(path, { path, status, additions: 0, deletions: 0, oid: (status === 'D' ? raw[1] : raw[2]) ?? '' })
      continue
    }
    const counts = /^(\d+|-)\t(\d+|-)\t([\s\S]*)$/.exec(field)
    const file = counts === null ? undefined : found.get(counts[3] ?? '')
    if (counts === null || file === undefined) continue
    file.additions = Number(counts[1]) || 0
    file.deletions = Number(counts[2]) || 0
  }
  return [...found.values()]
}
