export interface GitPerson {
  name: string
  email: string
  /** Milliseconds since the epoch, in whole seconds. */
  at: number
}

export interface GitCommit {
  oid: string
  tree: string
  parents: string[]
  author: GitPerson
  committer: GitPerson
  message: string
}

/** Reads a commit object as `git cat-file` gives it. */
export function parseCommit(oid: string, data: Buffer): GitCommit {
  const text = data.toString('utf8')
  const split = text.indexOf('\n\n')
  const header = (split < 0 ? text : text.slice(0, split)).split('\n')
  const values = (key: string) =>
    header.filter((line) => line.startsWith(`${key} `)).map((l) => l.slice(key.length + 1))
  return {
    oid,
    tree: values('tree')[0] ?? '',
    parents: values('parent'),
    author: parsePerson(values('author')[0] ?? ''),
    committer: parsePerson(values('committer')[0] ?? ''),
    message: split < 0 ? '' : text.slice(split + 2),
  }
}

function parsePerson(line: string): GitPerson {
  const match = /^(.*?) ?<([^>]*)> (\d+) [+-]\d{4}$/.exec(line)
  return { name: match?.[1] ?? '', email: match?.[2] ?? '', at: Number(match?.[3] ?? 0) * 1000 }
}

export interface TreeEntry {
  mode: string
  name: string
  oid: string
}

/** Reads a tree object: `<mode> <name>\0<20 bytes>` again and again. */
export function parseTree(data: Buffer): TreeEntry[] {
  const entries: TreeEntry[] = []
  for (let at = 0; at < data.length; ) {
    const space = data.indexOf(32, at)
    const zero = data.indexOf(0, space)
    entries.push({
      mode: data.toString('utf8', at, space),
      name: data.toString('utf8', space + 1, zero),
      oid: data.toString('hex', zero + 1, zero + 21),
    })
    at = zero + 21
  }
  return entries
}
