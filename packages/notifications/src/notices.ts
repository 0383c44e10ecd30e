import type { EventRecord, JsonObject } from '@pullwright/core'
import { objectAt, shownUrl, textAt, webUrl } from './read-data.ts'

type Read = (data: JsonObject) => string

/** One kind of event that people are told of. */
export interface NoticeKind {
  /** Events with equal parts are about the same thing: within a while people are told once. */
  about: readonly Read[]
  /** What its templates may name, beside `COMMON_VARIABLES`. */
  values: Readonly<Record<string, Read>>
  /** Where to look; empty where there is no such place. */
  link: Read
  title: string
  text: string
  /** Events that are none of ours. */
  isForeign?: (event: Pick<EventRecord, 'source'>, data: JsonObject) => boolean
}

export const COMMON_VARIABLES = ['event', 'event_id', 'project', 'time', 'link'] as const

const field =
  (name: string): Read =>
  (data) =>
    textAt(data, name)

const deploymentValues = {
  app_name: field('app_name'),
  environment: field('environment'),
  revision: field('revision'),
  deployment_id: field('deployment_id'),
  deployment: deploymentName,
}
const sameDeployment = [field('app_name'), field('environment'), field('revision')]

/** The link of the pull request where there is one, else of the deployment. */
const deploymentLink: Read = (data) => webUrl(textAt(objectAt(data.pull_request), 'url')) || webUrl(textAt(data, 'url'))
const nowhere: Read = () => ''

/** Fields as the events of core have them: `packages/core/src/events/catalog.ts`. */
export const NOTICES = {
  'pull_request.opened': {
    about: [field('vcs'), field('repository'), field('number')],
    values: {
      vcs: field('vcs'),
      repository: field('repository'),
      number: field('number'),
      title: field('title'),
      branch: field('branch'),
      base: field('base'),
      app_name: field('app_name'),
      environment: field('environment'),
    },
    link: (data) => webUrl(textAt(data, 'url')),
    title: 'Pull request {{repository}}#{{number}} was opened',
    text: '{{title}}\n{{link}}',
    // A forge tells of everybody's; those that we made carry our marker.
    isForeign: ({ source }, data) => source === data.vcs && textAt(data, 'identity') === '',
  },
  'delivery.exhausted': {
    about: [field('endpoint_id')],
    values: {
      delivery_id: field('delivery_id'),
      endpoint_id: field('endpoint_id'),
      event_type: field('event_type'),
      attempts: field('attempts'),
      reason: field('reason'),
    },
    link: nowhere,
    title: 'A delivery to endpoint {{endpoint_id}} was given up',
    text: 'Delivery {{delivery_id}} of {{event_type}}, after {{attempts}} attempts: {{reason}}\nIt can be retried.',
  },
  'endpoint.disabled': {
    about: [field('endpoint_id')],
    values: {
      endpoint_id: field('endpoint_id'),
      endpoint_url: (data) => shownUrl(textAt(data, 'url')),
      reason: field('reason'),
    },
    link: nowhere,
    title: 'Endpoint {{endpoint_id}} was disabled',
    text: '{{endpoint_url}}\n{{reason}}\nIt gets no deliveries until somebody enables it.',
  },
  'credential.expiring': {
    about: [field('kind'), field('id')],
    values: {
      kind: field('kind'),
      id: field('id'),
      age_days: field('age_days'),
      expires_at: field('expires_at'),
      state: credentialState,
    },
    link: nowhere,
    title: 'A credential should be replaced: {{kind}} {{id}}',
    text: '{{state}}',
  },
  'policy.blocked': {
    about: [...sameDeployment, policyNames],
    values: { ...deploymentValues, policies: policyReasons },
    link: deploymentLink,
    title: 'Policies block {{deployment}}',
    text: '{{policies}}\n{{link}}',
  },
  'deployment.blocked': {
    about: sameDeployment,
    values: { ...deploymentValues, reason: field('reason') },
    link: deploymentLink,
    title: 'Not deployed: {{deployment}}',
    text: '{{reason}}\n{{link}}',
  },
  'drift.detected': {
    about: [...sameDeployment, field('documented_revision')],
    values: {
      ...deploymentValues,
      documented_revision: field('documented_revision'),
      repository: field('repository'),
    },
    link: deploymentLink,
    title: 'Git documents something else than {{deployment}}',
    text: 'Documented: revision {{documented_revision}} in {{repository}}\n{{link}}',
  },
} as const satisfies Record<string, NoticeKind>

export type NoticeType = keyof typeof NOTICES

/** What people are told of unless they say otherwise. */
export const DEFAULT_EVENTS: readonly NoticeType[] = [
  'pull_request.opened',
  'delivery.exhausted',
  'endpoint.disabled',
  'credential.expiring',
  'policy.blocked',
]

export function isNoticeType(type: string): type is NoticeType {
  return Object.hasOwn(NOTICES, type)
}

function deploymentName(data: JsonObject): string {
  const revision = textAt(data, 'revision')
  const place = `${textAt(data, 'app_name')} in ${textAt(data, 'environment')}`
  return revision === '' ? place : `${place}, revision ${revision}`
}

function credentialState(data: JsonObject): string {
  const [age, end] = [textAt(data, 'age_days'), textAt(data, 'expires_at')]
  const told = [age === '' ? '' : `It is ${age} days old.`, end === '' ? '' : `It expires at ${end}.`]
  return told.filter((part) => part !== '').join(' ')
}

function policiesOf(data: JsonObject): JsonObject[] {
  return Array.isArray(data.policies) ? data.policies.map(objectAt) : []
}

function policyNames(data: JsonObject): string {
  return policiesOf(data)
    .map((one) => textAt(one, 'policy'))
    .sort()
    .join(' ')
}

function policyReasons(data: JsonObject): string {
  return policiesOf(data)
    .map((one) => `${textAt(one, 'policy')}: ${textAt(one, 'reason')}`)
    .join('; ')
}
