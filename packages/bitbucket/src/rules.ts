import type { ForgeRules } from '@pullwright/core/vcs'
import { LIMITS } from './limits.ts'

/** What Bitbucket takes. HTML comments are stripped from what it stores, so our marker is an empty link. */
export const RULES: ForgeRules = {
  forge: 'Bitbucket',
  markerStyle: 'link',
  title: LIMITS.title,
  body: { size: LIMITS.body, unit: 'characters' },
  commitBytes: LIMITS.commitBytes,
}
