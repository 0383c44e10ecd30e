import {
  applyDiff,
  type Change,
  diffConfig,
  formatPath,
  type JsonValue,
  parsePath,
  type Redaction,
  type Redactor,
} from '@pullwright/core'

/** What stands in a file in place of a secret. Hosts may name a replacement of their own: that is known by where it stands. */
const MASK = /\[REDACTED(?::[^\]]*)?\]/

export type AppliedEdit = { config: JsonValue; changed: boolean } | { blocked: string }

export interface EditFacts {
  redactor: Redactor
  /** The part of a configuration that the file shows. */
  shownOf: (config: JsonValue) => JsonValue
}

/**
 * A file's edits, applied to the raw configuration: the file shows it redacted, so what people changed is the difference
 * between what it would show and what it shows. An edit that touches a hidden value is blocked: what is hidden cannot be
 * compared, and a mask is never taken for a value.
 */
export function applyEdit(raw: JsonValue, edited: JsonValue, { redactor, shownOf }: EditFacts): AppliedEdit {
  const { value: shown, redactions } = redactor.valueWithReport(raw)
  const masks = masksIn(shown, redactions)
  const diff = diffConfig(shownOf(shown), edited, { text: false })
  const touching = diff.changes.find((change) => touchesMask(change, masks))
  if (touching !== undefined) {
    const at = formatPath(touching.path) || 'The configuration'
    return { blocked: `${at} holds a hidden value: change it in the host, not in Git` }
  }
  try {
    return { config: applyDiff(raw, diff) as JsonValue, changed: !diff.equal }
  } catch (error) {
    return { blocked: `The edit does not fit what runs now: ${error instanceof Error ? error.message : String(error)}` }
  }
}

/** The texts that stand where something was hidden. */
function masksIn(shown: JsonValue, redactions: readonly Redaction[]): Set<string> {
  const texts = redactions.map(({ path }) => {
    let at: JsonValue | undefined = shown
    for (const part of parsePath(path)) {
      at = typeof at === 'object' && at !== null ? (at as Record<string | number, JsonValue>)[part] : undefined
    }
    return at
  })
  return new Set(texts.filter((text) => typeof text === 'string'))
}

function touchesMask({ before, after }: Change, masks: ReadonlySet<string>): boolean {
  return [before, after].some(
    (value) => value !== undefined && textsIn(value).some((text) => masks.has(text) || MASK.test(text)),
  )
}

/** Every text in a value, its keys among them. */
function textsIn(value: JsonValue): string[] {
  const texts: string[] = []
  const open: JsonValue[] = [value]
  for (let next = open.pop(); next !== undefined; next = open.pop()) {
    if (typeof next === 'string') texts.push(next)
    else if (typeof next === 'object' && next !== null) {
      if (!Array.isArray(next)) texts.push(...Object.keys(next))
      open.push(...Object.values(next))
    }
  }
  return texts
}
