import type { JsonValue } from '../json.ts'

/**
 * Keys whose lists are sets: who comes and goes matters, and the order does not. Compared blind to case and separators.
 * Lists under them that hold anything but texts and numbers are taken for ordinary ones.
 */
const SET_KEYS: readonly { keys: readonly string[]; source: string }[] = [
  { keys: ['tags', 'labels', 'categories', 'keywords', 'topics'], source: 'metadata of every prompt store' },
  { keys: ['stop', 'stop_sequences', 'stop_words', 'stop_tokens'], source: 'OpenAI, Anthropic, Gemini, vLLM APIs' },
  { keys: ['required', 'enum', 'dependent_required'], source: 'JSON Schema 2020-12, sections 6.1.2 and 6.5' },
  { keys: ['modalities', 'response_modalities', 'include'], source: 'OpenAI and Gemini APIs' },
  {
    keys: ['allowed_tools', 'allowed_domains', 'blocked_domains', 'allowed_callers'],
    source: 'Anthropic and MCP tools',
  },
  {
    keys: ['bad_words', 'banned_words', 'blocklist', 'allowlist', 'denylist'],
    source: 'vLLM, TensorRT-LLM, guardrails',
  },
  {
    keys: ['scopes', 'permissions', 'roles', 'capabilities', 'features', 'languages'],
    source: 'OAuth 2.0; host settings',
  },
  { keys: ['input_keys', 'input_variables', 'variables'], source: 'prompt templates of Agenta and LangChain' },
]

const NAMES = new Set(SET_KEYS.flatMap(({ keys }) => keys.map(plain)))

/** Whether a list under this key is a set. */
export function isSetKey(key: string | number | undefined): boolean {
  return typeof key === 'string' && key.length < 64 && NAMES.has(plain(key))
}

/** Whether a list can be one: nothing but texts and numbers. */
export function isPlainList(values: readonly JsonValue[]): boolean {
  return values.every((value) => typeof value === 'string' || typeof value === 'number')
}

function plain(key: string): string {
  return key.toLowerCase().replace(/[\s_.-]/g, '')
}
