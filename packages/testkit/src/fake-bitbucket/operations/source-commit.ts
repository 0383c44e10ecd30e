import { ZERO_OID } from '../../git/bare-repository.ts'
import type { GitPerson } from '../../git/parse-commit.ts'
import type { Account, Repository } from '../model/entities.ts'
import { badFields, Refusal } from '../model/refusal.ts'
import type { World } from '../model/world.ts'
import type { FormField } from '../multipart.ts'
import { branchRef, tipOf } from './heads.ts'

const META = new Set(['message', 'author', 'parents', 'branch', 'files'])

interface Upload {
  message: string
  author: string | null
  parents: string[]
  branch: string
  additions: { path: string; contents: Buffer }[]
  deletions: string[]
}

/** `POST src`: answers the new commit, or null where nothing would change (304). */
export async function commitSource(
  world: World,
  account: Account,
  repository: Repository,
  fields: readonly FormField[],
): Promise<string | null> {
  const upload = readUpload(repository, fields)
  return repository.lock(async () => {
    const tip = await tipOf(repository, upload.branch)
    const [given = null] = upload.parents
    // "it is asserted that the parent is the branch's tip/HEAD at the time the request is made": 409 where it is not.
    if (tip !== null && given !== null && given !== tip)
      throw new Refusal(409, 'The given parent is not the tip of the branch.')
    const parent = tip ?? given ?? (await tipOf(repository, repository.mainBranch))
    if (parent !== null && (await repository.git.commitAt(parent)) === null) {
      throw badFields({ parents: [`Commit not found: ${parent}`] })
    }
    await checkDeletions(repository, parent, upload.deletions)
    if (parent !== null && (await isSame(repository, parent, upload))) return null
    return write(world, account, repository, upload, { tip, parent })
  })
}

function readUpload(repository: Repository, fields: readonly FormField[]): Upload {
  const isMeta = ({ name, filename }: FormField) => filename === null && META.has(name)
  const values = (name: string) =>
    fields.filter((one) => isMeta(one) && one.name === name).map((one) => one.data.toString('utf8'))
  const additions = fields
    .filter((one) => !isMeta(one))
    .map(({ name, data }) => ({ path: name.replace(/^\/+/, ''), contents: data }))
  const written = new Set(additions.map(({ path }) => path))
  const deletions = values('files')
    .map((path) => path.replace(/^\/+/, ''))
    .filter((path) => !written.has(path))
  const parents = values('parents')
    .flatMap((text) => text.split(','))
    .map((text) => text.trim())
    .filter((text) => text !== '')
  for (const parent of parents) {
    if (!/^[0-9a-f]{40}$/i.test(parent)) throw badFields({ parents: [`Not a SHA1: ${parent}`] })
  }
  const branch = values('branch')[0] ?? repository.mainBranch
  const message =
    values('message')[0] ?? `${additions[0]?.path ?? deletions[0] ?? 'files'} edited online with Bitbucket`
  return { message, author: values('author')[0] ?? null, parents, branch, additions, deletions }
}

async function checkDeletions(
  repository: Repository,
  parent: string | null,
  deletions: readonly string[],
): Promise<void> {
  for (const path of deletions) {
    const there = parent === null ? null : await repository.git.read(`${parent}:${path}`)
    if (there === null) throw badFields({ files: [`No such file or directory: ${path}`] })
  }
}

async function isSame(repository: Repository, parent: string, { additions, deletions }: Upload): Promise<boolean> {
  if (deletions.length > 0) return false
  for (const { path, contents } of additions) {
    const there = await repository.git.read(`${parent}:${path}`)
    if (there?.type !== 'blob' || !there.data.equals(contents)) return false
  }
  return true
}

async function write(
  world: World,
  account: Account,
  repository: Repository,
  upload: Upload,
  { tip, parent }: { tip: string | null; parent: string | null },
): Promise<string> {
  const { git } = repository
  const ref = branchRef(upload.branch)
  const made = tip === null && parent !== null ? { name: ref, after: parent, before: ZERO_OID } : null
  const clash = made === null ? null : await git.updateRefs([made])
  if (clash !== null) throw badFields({ branch: [`Invalid branch name: ${clash}`] })
  const who: GitPerson = { name: account.displayName, email: account.email, at: world.now() }
  const named = /^(.*?)\s*<([^>]*)>$/.exec(upload.author ?? '')
  const author = named === null ? who : { name: named[1] ?? '', email: named[2] ?? '', at: world.now() }
  const commit = { parent, message: upload.message, author, committer: who }
  const oid = await git.commitTo(ref, { ...commit, additions: upload.additions, deletions: upload.deletions })
  if (oid === null) throw new Refusal(409, 'The branch was changed meanwhile.')
  return oid
}
