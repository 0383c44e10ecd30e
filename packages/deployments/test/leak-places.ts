import { deployment } from './harness.ts'
import type { Planted } from './leak-secrets.ts'

type Put = (config: Record<string, unknown>, text: string, name: string) => void

/** Where secrets turn up in prompts and configurations. */
const PLACES: readonly Put[] = [
  (config, text, name) => {
    config[name] = `You are helpful.\nUse ${text} for the lookup.\nBe concise.`
  },
  (config, text, name) => {
    config[name] = JSON.stringify({ tool: 'search', note: `see ${text} ` })
  },
  (config, text, name) => {
    config[name] = { url: 'https://example.com', headers: [{ name: 'x-custom', value: text }] }
  },
  (config, text, name) => {
    config[name] = [
      { role: 'system', content: 'Hello' },
      { role: 'user', content: `line\n${text}\nlast` },
    ]
  },
  (config, text, name) => {
    config[`${name}_${text}`] = true
  },
  (config, text, name) => {
    config[name] = `Error: request failed\n    at fetch (${text})\n    at run`
  },
]

/** A deployment that changes the same places from nothing to one secret, or from one to the next. */
export function leaking(planted: readonly Planted[], revision: number) {
  const [config, previous] = [{ model: 'gpt-4o' }, { model: 'gpt-4' }] as Record<string, unknown>[]
  const texts = planted.map(({ text }) => text)
  // So many in each part of the deployment that is no configuration.
  const few = Math.ceil(texts.length / 35)
  const [first, second, third] = [0, few, 2 * few].map((from) => texts.slice(from, from + few).join('\n'))
  const rest = texts.slice(3 * few)
  rest.forEach((text, index) => {
    const put = PLACES[index % PLACES.length]
    put?.((index % 5 === 4 ? previous : config) ?? {}, text, `part${index}`)
  })
  return deployment({
    app_name: `bot-${revision}`,
    revision,
    config: { ...config, api_key: first, shared: `before\nold ${second}\nafter` },
    previous_config: { ...previous, api_key: second, shared: `before\nnew ${third}\nafter` },
    commit_message: `Rotate ${first}\n\nsee ${second}`,
    deployed_by: { name: `jane ${third}`, email: 'jane@example.com' },
    deployment_id: texts[0],
    extra: { deep: [second], evaluation: { note: third } },
    evaluation: { metrics: { accuracy: { old: 0.8, new: 0.9, note: first } }, summary: `with ${second}` },
  })
}
