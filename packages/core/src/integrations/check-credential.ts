import { PullwrightError } from '../errors.ts'
import type { IntegrationRow } from '../ports/store.ts'
import type { RepositoryInspection, Vcs } from '../ports/vcs.ts'

/** Whoever saves waits no longer: a forge that is slow just now says nothing about the credential. */
const PATIENCE_MS = 4_000

/**
 * What the forge says of a credential that is to be kept: when it ends, and whether it renews itself. One that the forge
 * does not know is refused, as `invalid-argument`; what cannot be asked now is taken as it is,
 * and what is switched off is asked about when it is switched on.
 */
export async function checkCredential(
  vcs: Vcs,
  { repository, enabled }: Pick<IntegrationRow, 'repository' | 'enabled'>,
): Promise<Pick<IntegrationRow, 'credentialExpiresAt' | 'credentialRenews'>> {
  const found = enabled ? await inspection(vcs, repository) : null
  if (found?.refused === 'auth') throw unknownCredential(found)
  return { credentialExpiresAt: found?.credentialExpiresAt ?? null, credentialRenews: found?.credentialRenews ?? false }
}

async function inspection(vcs: Vcs, repository: string): Promise<RepositoryInspection | null> {
  try {
    return await vcs.inspect(repository, { signal: AbortSignal.timeout(PATIENCE_MS) })
  } catch {
    return null
  }
}

function unknownCredential({ problems }: RepositoryInspection): PullwrightError {
  const message = problems.join(' ')
  return new PullwrightError('invalid-argument', `The integration was refused: credential: ${message}`, {
    problems: [{ path: 'credential', message }],
  })
}
