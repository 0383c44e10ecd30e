import type * as Core from '@pullwright/core'
import { median } from './compare.ts'
import { EDITS, edited, promptConfiguration } from './configurations.ts'
import { type Bar, bars, table, title } from './report.ts'
import { type Input, secretsAlone, worstInputs } from './worst-inputs.ts'

const MOST_MS = 1000
const TIMES = 3

/** From two configurations of 5 MB to a pull request, of ordinary edits and of the worst inputs known. */
export async function benchWhole(core: typeof Core): Promise<void> {
  const { createRedactor, diffConfig, renderPullRequest, toConfigDiffPayload } = core
  const redactor = createRedactor()
  const rows: (string | number)[][] = []
  const reached: Bar[] = []
  for (const [name, old, fresh] of allInputs()) {
    const alone = timed(() => diffConfig(old, fresh))
    const all = timed(() => {
      const diff = redactor.diff(diffConfig(old, fresh, { text: false }), { before: old, after: fresh })
      return renderPullRequest({ app_name: 'bot', config_diff: toConfigDiffPayload(diff) }, { redactor })
    })
    rows.push([name, alone, all])
    reached.push({ what: `${name}: diff`, value: alone, most: MOST_MS, unit: ' ms' })
    reached.push({ what: `${name}: diff, redaction, pull request`, value: all, most: MOST_MS, unit: ' ms' })
  }
  const texts: [string, number][] = []
  for (const [name, text] of secretsAlone()) {
    const time = timed(() => redactor.text(text))
    texts.push([name, time])
    reached.push({ what: `only secrets, ${name}: redaction`, value: time, most: MOST_MS, unit: ' ms' })
  }
  title('5 MB from configurations to a pull request')
  table(['input', 'diff with texts, ms', 'diff, redaction and rendering, ms'], rows)
  title('Redaction of 5 MB that are secrets and nothing else')
  table(['text', 'ms'], texts)
  bars(reached)
}

function* allInputs(): Generator<Input> {
  const before = promptConfiguration('5 MB')
  for (const edit of EDITS) yield [edit, before, edited(before, edit, '5 MB')]
  yield* worstInputs()
}

function timed(run: () => unknown): number {
  return median(
    Array.from({ length: TIMES }, () => {
      const start = process.cpuUsage()
      run()
      const { user, system } = process.cpuUsage(start)
      return (user + system) / 1000
    }),
  )
}
