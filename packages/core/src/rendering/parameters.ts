import type { Path } from '../config-diff/path.ts'

/** What a parameter is about, in the order in which reviewers read changes of one kind. */
export const GROUPS = ['model', 'sampling', 'output', 'prompt', 'tool', 'other'] as const
export type ParameterGroup = (typeof GROUPS)[number]

/**
 * How the parameters of language models are called, by the last key of their path, blind to case and separators. Names
 * of the OpenAI, Anthropic, Gemini, Mistral, Bedrock and vLLM APIs, and of LiteLLM, which speaks them all.
 */
const PARAMETERS: readonly { group: ParameterGroup; label: string; keys: readonly string[] }[] = [
  { group: 'model', label: 'Model', keys: ['model', 'model_name', 'model_id', 'model_version', 'deployment_name'] },
  { group: 'model', label: 'Provider', keys: ['provider', 'model_provider', 'api_base', 'base_url', 'engine'] },
  { group: 'model', label: 'Fallback models', keys: ['fallbacks', 'fallback_models', 'fallback_model'] },
  { group: 'sampling', label: 'Temperature', keys: ['temperature'] },
  { group: 'sampling', label: 'Top-p', keys: ['top_p'] },
  { group: 'sampling', label: 'Top-k', keys: ['top_k'] },
  { group: 'sampling', label: 'Min-p', keys: ['min_p'] },
  {
    group: 'sampling',
    label: 'Token limit',
    keys: ['max_tokens', 'max_completion_tokens', 'max_output_tokens', 'max_new_tokens', 'max_tokens_to_sample'],
  },
  { group: 'sampling', label: 'Frequency penalty', keys: ['frequency_penalty'] },
  { group: 'sampling', label: 'Presence penalty', keys: ['presence_penalty'] },
  { group: 'sampling', label: 'Repetition penalty', keys: ['repetition_penalty', 'repeat_penalty'] },
  { group: 'sampling', label: 'Seed', keys: ['seed', 'random_seed'] },
  { group: 'sampling', label: 'Stop sequences', keys: ['stop', 'stop_sequences', 'stop_words', 'stop_tokens'] },
  { group: 'sampling', label: 'Logit bias', keys: ['logit_bias'] },
  { group: 'sampling', label: 'Candidates', keys: ['n', 'candidate_count', 'best_of'] },
  {
    group: 'sampling',
    label: 'Reasoning',
    keys: ['reasoning_effort', 'reasoning', 'thinking', 'thinking_budget', 'budget_tokens', 'effort', 'verbosity'],
  },
  {
    group: 'output',
    label: 'Response format',
    keys: ['response_format', 'response_schema', 'response_mime_type', 'json_schema', 'output_schema', 'output_format'],
  },
  { group: 'tool', label: 'Tool choice', keys: ['tool_choice', 'function_call', 'parallel_tool_calls'] },
]

/** Keys anywhere on the way that tell what the rest is part of: the outermost counts. */
const PARTS: readonly { group: ParameterGroup; key: RegExp }[] = [
  { group: 'tool', key: /^(?:tools?|functions?|mcpservers|skills)$/ },
  { group: 'output', key: /^(?:responseformat|responseschema|jsonschema|outputschema|outputformat)$/ },
  { group: 'sampling', key: /^(?:stop|stopsequences|stopwords|logitbias|reasoning|thinking)$/ },
  { group: 'prompt', key: /prompt|messages?$|instruction|template|^system|^content$|fewshot|^examples$/ },
]

/** Keys whose meaning is remembered in one rendering. */
const MAX_REMEMBERED = 1000
const MAX_KEY = 100

const BY_KEY = new Map(
  PARAMETERS.flatMap(({ group, label, keys }) => keys.map((key) => [plain(key), { group, label }])),
)

export interface Parameter {
  group: ParameterGroup
  /** Empty where it has no name of its own. */
  label: string
}

/** Tells what parameter a path leads to. Keys repeat: one is looked up once. */
export function createParameterFinder(): (path: Path) => Parameter {
  const known = new Map<string, Meaning>()
  return (path) => {
    let part: ParameterGroup | undefined
    let named: Parameter | undefined
    for (const key of path) {
      if (typeof key !== 'string') continue
      const meaning = known.get(key) ?? meaningOf(key)
      if (known.size < MAX_REMEMBERED) known.set(key, meaning)
      part ??= meaning.part
      named = meaning.named
    }
    // A parameter called `model` inside a tool's description is the tool's.
    if (named !== undefined && part !== 'tool') return named
    return { group: part ?? 'other', label: '' }
  }
}

interface Meaning {
  named: Parameter | undefined
  part: ParameterGroup | undefined
}

function meaningOf(key: string): Meaning {
  const name = plain(key.slice(0, MAX_KEY))
  return { named: BY_KEY.get(name), part: PARTS.find((each) => each.key.test(name))?.group }
}

function plain(key: string): string {
  return key.toLowerCase().replace(/[\s_.-]/g, '')
}
