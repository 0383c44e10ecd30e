import { createRedactor } from '../redaction/redactor.ts'
import { header, link } from './body-parts.ts'
import { readFacts } from './deployment-facts.ts'
import { readEvaluation, renderEvaluation } from './evaluation.ts'
import { renderPolicies } from './policy-section.ts'
import { readChanges } from './read-changes.ts'
import { renderChanges } from './render-changes.ts'
import type { RenderOptions } from './render-pull-request.ts'
import { type RenderableDeployment, unwrapDeployment } from './renderable-deployment.ts'
import { createRuler, type SizeLimit } from './size.ts'
import { plainSummary, renderSummary } from './summary.ts'
import { shorten } from './visible-text.ts'

export interface CheckSummaryOptions extends Pick<RenderOptions, 'redactor' | 'details' | 'policies' | 'proposal'> {
  /** Of `summary` and of `text`, each. Default: GitHub's 65,535, counted in bytes, which are never fewer than characters. */
  limit?: SizeLimit
}

export interface CheckSummary {
  /** Plain text of one line: what changed, in counts. */
  title: string
  /** Markdown: the facts, what a reviewer wants to know first, and the evaluation. */
  summary: string
  /** Markdown: the changes, the most important ones where there is not room for all. */
  text: string
  truncated: boolean
}

/** "Create a check run" of GitHub's REST API: `output.summary` and `output.text`. */
const LIMIT: SizeLimit = { size: 65_535, unit: 'bytes' }
const TITLE_LIMIT = 255

/** A check's output out of a recorded deployment, from the same model and under the same guarantees as `renderPullRequest`. */
export function renderCheckSummary(deployment: RenderableDeployment, options: CheckSummaryOptions = {}): CheckSummary {
  const { redactor = createRedactor(), details = true, policies = [], limit = LIMIT } = options
  const ruler = createRuler(limit)
  const input = unwrapDeployment(deployment)
  const changes = readChanges(input, redactor)
  const facts = readFacts(input, redactor, { removed: changes.removed, proposal: options.proposal })
  const evaluation = readEvaluation(redactor.value(input.evaluation))
  const parts = [
    header(facts),
    renderPolicies(policies, redactor),
    renderSummary(changes, evaluation),
    link(facts),
    renderEvaluation(evaluation),
  ]
  const fitting = parts.filter((part) => part !== '')
  const wanted = fitting.length
  while (fitting.length > 0 && ruler.measure(fitting.join('\n\n')) > ruler.limit) fitting.pop()
  const shown = renderChanges(changes, { room: ruler.limit, ruler, url: facts.url, details })
  return {
    title: shorten(plainSummary(changes), TITLE_LIMIT),
    summary: fitting.join('\n\n'),
    text: shown.text,
    truncated: shown.truncated || fitting.length < wanted,
  }
}
