import { DeepRedact } from '@hackylabs/deep-redact'
import type * as Core from '@pullwright/core'
import type { JsonObject } from '@pullwright/core'
import { lintSource } from '@secretlint/core'
import { creator } from '@secretlint/secretlint-rule-preset-recommend'
import fastRedact from 'fast-redact'
import { compare, ratio } from './compare.ts'
import { promptConfiguration, SIZES } from './configurations.ts'
import { copyOnWriteWalk } from './copy-on-write-walk.ts'
import { type Bar, bars, table, title } from './report.ts'

const KEYS = ['password', 'secret', 'token', 'api_key', 'authorization', 'cookie']

/** Clean configurations but for one secret: what every emit pays for. */
export async function benchRedaction({ createRedactor }: typeof Core): Promise<void> {
  const byKeys = createRedactor({ detectors: false })
  const all = createRedactor()
  const deepRedact = new DeepRedact({ blacklistedKeys: KEYS, caseSensitiveKeyMatch: false, serialise: false })
  const byPath = fastRedact({ paths: ['llm_config.api_key', 'messages[*].token'], serialize: false })
  const config = { rules: [{ id: 'preset', rule: creator }] }
  const reached: Bar[] = []
  for (const size of SIZES) {
    const value = configurationWithSecret(size)
    const forByPath = configurationWithSecret(size)
    const text = JSON.stringify(value)
    const source = { content: text, filePath: 'config.json', ext: '.json', contentType: 'text' as const }
    const times = await compare(
      {
        'JSON.stringify': () => JSON.stringify(value),
        'a bare copy-on-write walk': () => copyOnWriteWalk(value, KEYS),
        'ours, keys alone': () => byKeys.value(value),
        'ours, keys and all detectors': () => all.value(value),
        'deep-redact, keys alone': () => deepRedact.redact(value),
        'fast-redact, two fixed paths': () => byPath(forByPath),
        'secretlint, of the text': () => lintSource({ source, options: { config } }),
      },
      size === '5 MB' ? 7 : 15,
    )
    const stringify = times['JSON.stringify']
    title(`Redaction of ${size}`)
    table(
      ['with', 'ms', 'times JSON.stringify'],
      Object.entries(times).map(([name, time]) => [name, time.median, ratio(time, stringify)]),
    )
    const mine = times['ours, keys and all detectors']
    reached.push(
      {
        what: `${size}, keys: times a bare walk`,
        value: ratio(times['ours, keys alone'], times['a bare copy-on-write walk']),
        most: 3,
      },
      { what: `${size}, all detectors: times JSON.stringify`, value: ratio(mine, stringify), most: 2 },
      {
        what: `${size}, all detectors: times as fast as secretlint`,
        value: ratio(times['secretlint, of the text'], mine),
        least: 3,
      },
      {
        what: `${size}, all detectors: times as fast as deep-redact`,
        value: ratio(times['deep-redact, keys alone'], mine),
        least: 3,
      },
    )
  }
  bars(reached)
}

function configurationWithSecret(size: (typeof SIZES)[number]): JsonObject {
  return { ...promptConfiguration(size), api_key: ['sk', 'proj', 'x'.repeat(20)].join('-') }
}
