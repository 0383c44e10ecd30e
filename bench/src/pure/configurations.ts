import type { JsonObject, JsonValue } from '@pullwright/core'

/** Ordinary prompts: clean, in English, with the words near which secrets are looked for as often as prompts have them. */
const SENTENCES = [
  'You are a helpful assistant for {{company}}; keep every answer short, kind and to the point.',
  'Ask for the order number first, then look the order up before you promise anything.',
  'Never guess a price: call the tool, read what it answers, and quote it to the cent.',
  'If the customer is upset, say that you understand, and offer a refund or a replacement.',
  'Answer in the language of the question, in plain sentences, without headings or lists.',
  'Summarise what was agreed at the end, with dates: delivery on Tuesday, refund within five days.',
  'The customer wrote: "my parcel came open, and half of it is missing. What now?"',
  'Stop after two questions; a person takes over from there, see the notes below.',
  'A good answer names the key facts and leaves the rest out; tokens are not free.',
  'Use the metric system, 24-hour times and ISO dates such as 2025-03-14.',
]

export type Size = '2 KB' | '200 KB' | '5 MB'

const MESSAGES: Readonly<Record<Size, number>> = { '2 KB': 3, '200 KB': 400, '5 MB': 10_000 }

export const SIZES = Object.keys(MESSAGES) as Size[]

/** A prompt configuration as chat products keep them: about 500 bytes a message, no two alike. */
export function promptConfiguration(size: Size, seed = 1): JsonObject {
  const random = generator(seed)
  return {
    messages: Array.from({ length: MESSAGES[size] }, (_, at) => message(at, random)),
    llm_config: { model: 'gpt-4o-mini', temperature: 0.7, max_tokens: 1024, top_p: 1, stop: ['###'] },
    tools: [lookup('find_order', 'order_id'), lookup('find_product', 'product_name')],
    input_keys: ['company', 'question'],
    version: seed,
  }
}

export type Edit = 'small edit' | 'inserted first' | 'moved' | 'rewrite'

export const EDITS: readonly Edit[] = ['small edit', 'inserted first', 'moved', 'rewrite']

/** The configuration after an edit. Nothing is shared with the one before, as both come from JSON. */
export function edited(before: JsonObject, edit: Edit, size: Size): JsonObject {
  if (edit === 'rewrite') return promptConfiguration(size, 2)
  const after = JSON.parse(JSON.stringify(before)) as { messages: JsonValue[]; llm_config: JsonObject }
  const middle = Math.floor(after.messages.length / 2)
  if (edit === 'small edit') {
    after.llm_config.temperature = 0.2
    after.messages[middle] = { role: 'user', content: 'Be brief.' }
  } else if (edit === 'inserted first') {
    after.messages.unshift({ role: 'system', content: 'A new message, before all others.' })
  } else {
    const [moved] = after.messages.splice(middle, 1)
    if (moved !== undefined) after.messages.splice(Math.max(0, middle - 20), 0, moved)
  }
  return after
}

function message(at: number, random: () => number): JsonObject {
  const sentences = Array.from({ length: 5 }, () => SENTENCES[Math.floor(random() * SENTENCES.length)])
  return {
    role: at % 2 === 0 ? 'user' : 'assistant',
    content: `${sentences.join(' ')} Case ${Math.floor(random() * 1e6)}.`,
  }
}

function lookup(name: string, parameter: string): JsonObject {
  const properties = { [parameter]: { type: 'string', description: `What to look for with ${name}` } }
  return { type: 'function', function: { name, parameters: { type: 'object', properties, required: [parameter] } } }
}

/** The same numbers in each run: a linear congruence with the constants of Numerical Recipes. */
function generator(seed: number): () => number {
  let state = seed
  return () => {
    state = (Math.imul(state, 1_664_525) + 1_013_904_223) >>> 0
    return state / 2 ** 32
  }
}
