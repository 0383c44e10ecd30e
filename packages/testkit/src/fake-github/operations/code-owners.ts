import type { Account, PullRequest, Team } from '../model/entities.ts'
import { findAccount, type World } from '../model/world.ts'

/** https://docs.github.com/repositories/managing-your-repositorys-settings-and-features/customizing-your-repository/about-code-owners */
const PLACES = ['.github/CODEOWNERS', 'CODEOWNERS', 'docs/CODEOWNERS']

/** Logins and teams that own each file of a change, by the base's CODEOWNERS; files that nobody owns are left out. */
async function ownersOfChanges({ git }: PullRequest['repository'], base: string, head: string): Promise<string[][]> {
  const texts = await Promise.all(PLACES.map((place) => git.read(`${base}:${place}`)))
  const text = texts.find((one) => one !== null)?.data.toString('utf8')
  if (text === undefined) return []
  const rules = text.split('\n').flatMap((line) => {
    const [pattern = '', ...owners] = line.replace(/#.*/, '').trim().split(/\s+/)
    return pattern === '' ? [] : [{ pattern, owners }]
  })
  const changed = await git.diff((await git.mergeBase(base, head)) ?? base, head)
  return changed
    .map(({ path }) => rules.findLast(({ pattern }) => owns(pattern, path))?.owners ?? [])
    .filter((owners) => owners.length > 0)
    .map((owners) => owners.map((name) => name.replace(/^@/, '')))
}

/** Whether each file that has owners was approved by one of its owners. */
export async function ownersApproved(
  { repository, reviews }: PullRequest,
  base: string,
  head: string,
): Promise<boolean> {
  const verdicts = reviews.filter(({ state }) => state !== 'COMMENTED')
  const last = new Map(verdicts.map(({ author, state }) => [author.login.toLowerCase(), state]))
  const approves = (login: string) => last.get(login.toLowerCase()) === 'APPROVED'
  const all = await ownersOfChanges(repository, base, head)
  return all.every((owners) => {
    return owners.some(
      (name) => approves(name) || teamOf(repository.owner, name)?.members.some((one) => approves(one.login)),
    )
  })
}

/** GitHub asks owners by itself, but of a draft, and never the author. */
export async function ownersToAsk(
  world: World,
  { repository, author, draft }: Pick<PullRequest, 'repository' | 'author' | 'draft'>,
  base: string,
  head: string,
): Promise<(Account | Team)[]> {
  if (draft) return []
  const names = (await ownersOfChanges(repository, base, head)).flat()
  const found = names.map((name) => teamOf(repository.owner, name) ?? findAccount(world, name))
  return [...new Set(found)].filter((owner) => owner !== undefined).filter((owner) => owner !== author)
}

/** The rules of `.gitignore`, as far as the fake goes: `*`, `/` at either end, and nothing else. */
function owns(pattern: string, path: string): boolean {
  const anchored = pattern.replace(/\/$/, '').includes('/')
  const parts = pattern.replace(/^\//, '').replace(/\/$/, '').split('*')
  const glob = parts.map((part) => part.replace(/[.+?^${}()|[\]\\]/g, '\\$&')).join('[^/]*')
  return new RegExp(`${anchored ? '^' : '(?:^|/)'}${glob}(?:/|$)`).test(path)
}

function teamOf(owner: Account, name: string): Team | undefined {
  return owner.teams.get(name.split('/')[1] ?? '')
}
