const WORDS = 'summarise the ticket in two sentences and answer politely in the language of the customer'.split(' ')

/** Makes data whose envelope is about `bytes` long: small facts, and a list of texts, as a host would send. */
export function dataOf(bytes: number): (index: number) => Record<string, unknown> {
  const lines: { name: string; text: string; weight: number }[] = []
  const size = () => JSON.stringify(sample(0)).length + ENVELOPE_BYTES
  const sample = (index: number) => ({
    number: index,
    app: 'support-bot',
    environment: 'production',
    author: 'maria',
    lines,
  })
  for (let n = 0; size() < bytes - 120; n++) {
    const text = Array.from({ length: 12 }, (_, word) => WORDS[(n * 7 + word * 3) % WORDS.length]).join(' ')
    lines.push({ name: `message-${n}`, text, weight: n / 8 })
  }
  return sample
}

/** What stands around the data in a body. */
const ENVELOPE_BYTES = 170
