import type { PullRequest, Review } from '@pullwright/core'

/** Reviews of what stands there now: what somebody said before the last commit was about something else. */
export function standingReviews(reviews: readonly Review[], { head }: Pick<PullRequest, 'head'>): Review[] {
  return reviews.filter(({ commit }) => commit === null || commit === head)
}
