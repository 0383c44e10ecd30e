import type * as Core from '@pullwright/core'
import { diff as deepObjectDiff } from 'deep-object-diff'
import jsonPatch from 'fast-json-patch/commonjs/duplex.js'
import { create } from 'jsondiffpatch'
import { diff as justDiff } from 'just-diff'
import microdiff from 'microdiff'
import { compare, ratio, type Times } from './compare.ts'
import { EDITS, type Edit, edited, promptConfiguration, SIZES, type Size } from './configurations.ts'
import { type Bar, bars, table, title } from './report.ts'

interface Element {
  content?: unknown
}

/**
 * With an `objectHash` that reads little of a message and still tells these apart, as they end differently: the cheapest that
 * serves it. Its text diff needs a package of its own and is not in use, so the bars are about ours without texts.
 */
const jsonDiffPatch = create({
  objectHash: (element) => {
    const { content } = element as Element
    return typeof content === 'string' ? `${content.length}${content.slice(-24)}` : JSON.stringify(element)
  },
})

const MINE = 'ours, without texts'

/** The wire shape names its four sections, theirs names none. */
const ENVELOPE_BYTES = 100

/** How large the answers are, and how long they take. */
export async function benchDiff(core: typeof Core): Promise<void> {
  const reached: Bar[] = []
  for (const size of SIZES) {
    const rows: (string | number)[][] = []
    for (const edit of EDITS) {
      const contestants = contestantsFor(core, size, edit)
      const times = await compare(contestants, size === '5 MB' ? 7 : 15)
      const bytes = Object.fromEntries(Object.entries(contestants).map(([name, run]) => [name, sizeOf(run())]))
      if (size !== '2 KB') reached.push(...barsOf(`${size}, ${edit}`, edit, times, bytes))
      const mine = times[MINE] as Times
      for (const [name, time] of Object.entries(times)) {
        rows.push([edit, name, time.median, ratio(time, mine), bytes[name] ?? 0])
      }
    }
    title(`Diff of ${size}`)
    table(['edit', 'with', 'ms', 'times ours', 'answer, bytes'], rows)
  }
  bars(reached)
}

function contestantsFor(core: typeof Core, size: Size, edit: Edit): Record<string, () => unknown> {
  const { diffConfig, toConfigDiffPayload } = core
  const before = promptConfiguration(size)
  const after = edited(before, edit, size)
  const others = {
    microdiff: () => microdiff(before, after, { cyclesFix: false }),
    jsondiffpatch: () => jsonDiffPatch.diff(before, after),
    'deep-object-diff': () => deepObjectDiff(before, after),
    'just-diff': () => justDiff(before, after),
    'fast-json-patch': () => jsonPatch.compare(before, after),
  }
  const { jsondiffpatch: _, ...linear } = others
  return {
    [MINE]: () => toConfigDiffPayload(diffConfig(before, after, { text: false })),
    'ours, with texts': () => toConfigDiffPayload(diffConfig(before, after)),
    // It fills a table of 10,000 times 10,000, and does not come to an end here.
    ...(size === '5 MB' && edit === 'rewrite' ? linear : others),
  }
}

function barsOf(what: string, edit: Edit, times: Record<string, Times>, bytes: Record<string, number>): Bar[] {
  const { [MINE]: mine, microdiff, jsondiffpatch } = times
  if (mine === undefined || microdiff === undefined || jsondiffpatch === undefined) return []
  if (edit === 'small edit') return [{ what: `${what}: times microdiff`, value: ratio(mine, microdiff), most: 1 }]
  if (edit === 'rewrite') return []
  const larger = (bytes[MINE] ?? 0) - (bytes.jsondiffpatch ?? 0)
  return [
    { what: `${what}: times as fast as jsondiffpatch`, value: ratio(jsondiffpatch, mine), least: 5 },
    { what: `${what}: answer larger than jsondiffpatch's by`, value: larger, most: ENVELOPE_BYTES, unit: ' bytes' },
  ]
}

function sizeOf(answer: unknown): number {
  return JSON.stringify(answer ?? null).length
}
