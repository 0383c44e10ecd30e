/** What templates may name: in titles as plain text, in bodies as Markdown that cannot do anything. */
export const PULL_REQUEST_VARIABLES = [
  { name: 'app', text: "the application's name, or its id" },
  { name: 'app_name', text: 'the same' },
  { name: 'app_id', text: "the application's id" },
  { name: 'variant', text: "the variant's name, or its id" },
  { name: 'variant_name', text: 'the same' },
  { name: 'variant_id', text: "the variant's id" },
  { name: 'environment', text: 'the environment deployed to' },
  { name: 'revision', text: 'the revision deployed' },
  { name: 'previous_revision', text: 'the revision that ran before' },
  { name: 'deployed_by', text: 'who deployed' },
  { name: 'deployment_id', text: "the deployment's id" },
  { name: 'timestamp', text: 'when, such as 2025-11-20 10:30:00 UTC' },
  { name: 'url', text: 'where the deployment can be seen' },
] as const

/** What body templates may name beside those: whole sections, fitted to the forge's limit. */
export const PULL_REQUEST_SECTIONS = [
  { name: 'heading', text: 'the heading line' },
  { name: 'header', text: 'the facts, one a line' },
  { name: 'summary', text: 'what matters before the details, where there is much to read' },
  { name: 'policies', text: 'the section Policies, where there are any' },
  { name: 'changes', text: 'the section Changes' },
  { name: 'evaluation', text: 'the section Evaluation, where the deployment has results' },
  { name: 'commit_message', text: 'the section Commit Message' },
  { name: 'checklist', text: 'the section Review Checklist' },
  { name: 'link', text: 'the link back' },
  { name: 'footer', text: 'who made the pull request' },
] as const

export type PullRequestVariable = (typeof PULL_REQUEST_VARIABLES)[number]['name']
export type PullRequestSection = (typeof PULL_REQUEST_SECTIONS)[number]['name']

export const TITLE_VARIABLES: readonly PullRequestVariable[] = PULL_REQUEST_VARIABLES.map(({ name }) => name)
export const BODY_VARIABLES: readonly (PullRequestVariable | PullRequestSection)[] = [
  ...TITLE_VARIABLES,
  ...PULL_REQUEST_SECTIONS.map(({ name }) => name),
]
