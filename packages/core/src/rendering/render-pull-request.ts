import type { EvaluationDiff } from '../config-diff/evaluation-diff.ts'
import type { PolicyResult } from '../ports/policy.ts'
import { createRedactor, type Redactor } from '../redaction/redactor.ts'
import { checklist, commitMessageSection, FOOTER, header, heading, link, variableValues } from './body-parts.ts'
import type { ChangeList } from './change-view.ts'
import { defaultTitle, renderCommitMessage } from './commit-message.ts'
import { type DeploymentFacts, readFacts } from './deployment-facts.ts'
import { readEvaluation, renderEvaluation } from './evaluation.ts'
import { fitBody } from './fit-body.ts'
import { plainText } from './plain-text.ts'
import { renderPolicies } from './policy-section.ts'
import { BODY_VARIABLES, TITLE_VARIABLES } from './pull-request-variables.ts'
import { readChanges } from './read-changes.ts'
import type { ChangesPlace } from './render-changes.ts'
import { type RenderableDeployment, unwrapDeployment } from './renderable-deployment.ts'
import { createRuler, type SizeLimit } from './size.ts'
import { addsVariables, renderSummary } from './summary.ts'
import { compileTemplate, parseTemplate, type TemplatePart } from './template.ts'
import { PLACES, placeVariables } from './template-places.ts'
import { shorten, singleLine } from './visible-text.ts'

export interface RenderOptions {
  /** The forge's limits, also as `VcsCapabilities` has them. Default: GitHub's 65,536 characters for the body, and 256 for the title. */
  limits?: { body?: SizeLimit; title?: number } | { bodyLimit: SizeLimit; titleLimit: number }
  /** Whether the forge renders `<details>`, into which long prompts fold. Default true: GitHub and GitLab do, Bitbucket does not. */
  details?: boolean
  /** Room to leave in the body for what the caller adds, in the unit of its limit. Default 0. */
  reserve?: number
  /** Template of the body; `BODY_VARIABLES` lists what it may name. Default: all sections, as in the design. */
  template?: string
  /** Template of the title; `TITLE_VARIABLES` lists what it may name. */
  title?: string
  /** In place of the default labels. */
  labels?: readonly string[]
  /** The deployment does not run yet: the pull request asks for it. Default false. */
  proposal?: boolean
  /** What policies said of the deployment. */
  policies?: readonly PolicyResult[]
  /** Default: `createRedactor()`. Everything shown passes it. */
  redactor?: Redactor
}

export interface RenderedPullRequest {
  title: string
  body: string
  commitMessage: string
  labels: string[]
  /** Whether anything was shortened or left out to fit. */
  truncated: boolean
}

/** GitHub answers 422 `body is too long` beyond. */
const BODY_LIMIT = 65_536
const TITLE_LIMIT = 256
/** The label of the design, and GitHub's limit on a label's name. */
const LABEL = 'agenta-deployment'
const LABEL_LENGTH = 50

const DEFAULT_BODY = [
  '{{heading}}',
  '{{header}}',
  '{{summary}}',
  '{{policies}}',
  '{{changes}}',
  '{{evaluation}}',
  '{{commit_message}}',
  '{{checklist}}',
  '{{link}}',
  '{{footer}}',
].join('\n\n')

/**
 * A pull request's title, body, commit message and labels out of a recorded deployment. Secrets are redacted; whatever
 * users wrote has no effect as Markdown, HTML, mention, reference or hidden marker; the body fits the forge's limit, with
 * a note of what was cut. Throws `invalid-argument` for a template with unknown variables.
 */
export function renderPullRequest(deployment: RenderableDeployment, options: RenderOptions = {}): RenderedPullRequest {
  const { reserve = 0, redactor = createRedactor(), details = true } = options
  const limits = limitsOf(options)
  const input = unwrapDeployment(deployment)
  const changes = readChanges(input, redactor)
  const facts = readFacts(input, redactor, { removed: changes.removed, proposal: options.proposal })
  const ruler = createRuler(limits.body)
  const evaluation = readEvaluation(redactor.value(input.evaluation))
  const template = parseTemplate(options.template ?? DEFAULT_BODY, BODY_VARIABLES)
  const body = renderBody(template, {
    facts,
    changes,
    evaluation,
    policies: renderPolicies(options.policies ?? [], redactor),
    place: { room: ruler.limit - reserve, ruler, url: facts.url, details },
  })
  return {
    title: renderTitle(facts, options.title, limits.title),
    body: body.text,
    commitMessage: renderCommitMessage(facts),
    labels: options.labels === undefined ? defaultLabels(facts) : [...options.labels],
    truncated: body.truncated,
  }
}

function limitsOf({ limits = {} }: RenderOptions): { body: SizeLimit; title: number } {
  if ('bodyLimit' in limits) return { body: limits.bodyLimit, title: limits.titleLimit ?? TITLE_LIMIT }
  return { body: limits.body ?? BODY_LIMIT, title: limits.title ?? TITLE_LIMIT }
}

interface BodyInput {
  facts: DeploymentFacts
  changes: ChangeList
  evaluation: EvaluationDiff
  policies: string
  place: ChangesPlace
}

function renderBody(template: TemplatePart[], { facts, changes, evaluation, policies, place }: BodyInput) {
  const message = commitMessageSection(facts)
  const asks = {
    variables: !changes.removed && addsVariables(changes.views),
    evaluation: evaluation.metrics.some(({ verdict }) => verdict === 'worse'),
  }
  const variables = Object.entries(PLACES).flatMap(([place, safe]) =>
    Object.entries(variableValues(facts, safe, place === 'address:' ? safe : undefined)).map(([name, value]) => [
      place + name,
      value,
    ]),
  )
  const sections = {
    ...Object.fromEntries(variables),
    heading: heading(facts),
    header: header(facts),
    summary: renderSummary(changes, evaluation),
    policies,
    evaluation: renderEvaluation(evaluation),
    commit_message: message.text,
    checklist: checklist(asks),
    link: link(facts),
    footer: FOOTER,
  }
  const fitted = fitBody(placeVariables(template), sections, changes, place)
  return { text: fitted.text, truncated: fitted.truncated || message.cut }
}

function renderTitle(facts: DeploymentFacts, template: string | undefined, limit: number): string {
  if (template === undefined) return defaultTitle(facts, limit)
  const title = singleLine(compileTemplate(template, TITLE_VARIABLES)(variableValues(facts, plainText)))
  return shorten(title, limit) || defaultTitle(facts, limit)
}

/** A comma parts labels on GitLab. */
function defaultLabels({ environment }: DeploymentFacts): string[] {
  const label = shorten(singleLine(environment.replaceAll(',', ' ')), LABEL_LENGTH)
  return label === '' || label === LABEL ? [LABEL] : [LABEL, label]
}
