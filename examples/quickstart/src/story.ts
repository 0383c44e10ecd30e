import type { FakeAgenta } from '@pullwright/testkit'

const FIRST_PROMPT = `You are a support assistant for Acme.
Answer politely.
If you do not know the answer, say so.`

const BETTER_PROMPT = `You are a support assistant for Acme.
Answer in at most three sentences, and politely.
Quote the order number when there is one: {{order_id}}.
If you do not know the answer, say so and offer a human.`

/** A key that somebody left in a configuration. Made up at run time, so that no scanner takes it for a real one. */
export function plantedKey(): string {
  const alphabet = 'ABCDEFGHJKLMNPQRSTUVWXYZabcdefghijkmnopqrstuvwxyz23456789'
  const random = () => alphabet.charAt(Math.floor(Math.random() * alphabet.length))
  return ['sk', 'proj', Array.from({ length: 48 }, random).join('')].join('-')
}

export interface Chapter {
  title: string
  delivery: ReturnType<FakeAgenta['commitEnvironment']>
}

/** Three deployments as a real Agenta announces them: the first, a changed prompt with a key in it, the way back. */
export function* agentaStory(agenta: FakeAgenta, planted: string): Generator<Chapter> {
  const first = agenta.commitRevision({
    app: 'support-bot',
    variant: 'concise',
    parameters: parameters(FIRST_PROMPT, 0.7),
    message: 'First version',
  })
  yield {
    title: 'Agenta: first deployment of support-bot',
    delivery: agenta.commitEnvironment({ deploy: [first], message: 'First version' }),
  }
  const better = agenta.commitRevision({
    app: 'support-bot',
    variant: 'concise',
    parameters: { ...parameters(BETTER_PROMPT, 0.3), tools: { search: { api_key: planted, timeout_s: 10 } } },
    message: 'Shorter answers',
  })
  yield {
    title: 'Agenta: a changed prompt, and an API key left in the configuration',
    delivery: agenta.commitEnvironment({ deploy: [better], message: 'Shorter answers' }),
  }
  yield {
    title: 'Agenta: rolled back to the first version',
    delivery: agenta.commitEnvironment({ deploy: [first], message: 'Roll back: answers were too short' }),
  }
}

/** What a host without Agenta hands in. */
export function ownDeployment(planted: string) {
  return {
    app_name: 'support-bot',
    variant_name: 'concise',
    environment: 'production',
    revision: 4,
    commit_message: `Warmer tone; tested with key ${planted}`,
    deployed_by: 'jane@acme.example',
    config: parameters(`${BETTER_PROMPT}\nBe warm.`, 0.4),
  }
}

function parameters(prompt: string, temperature: number) {
  return {
    prompt: {
      messages: [
        { role: 'system', content: prompt },
        { role: 'user', content: '{{question}}' },
      ],
      llm_config: { model: 'gpt-4o', temperature, max_tokens: 400 },
      template_format: 'curly',
      input_keys: ['question'],
    },
  }
}
