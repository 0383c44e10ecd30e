/** Writes to the terminal and remembers what was written, so that it can be searched. */
export interface Printer {
  heading(text: string): void
  line(text?: string): void
  /** With the time since the start. */
  step(text: string): void
  block(text: string): void
  written(): string
}

export function createPrinter(out: { write(text: string): unknown; isTTY?: boolean }): Printer {
  const began = performance.now()
  const lines: string[] = []
  const colour = out.isTTY === true && process.env.NO_COLOR === undefined
  const paint = (code: number, text: string) => (colour ? `\u001b[${code}m${text}\u001b[0m` : text)
  const line = (text = '') => {
    lines.push(text)
    out.write(`${text}\n`)
  }
  return {
    line,
    heading: (text) => line(`\n${paint(1, text)}`),
    step: (text) => line(`${paint(2, `${((performance.now() - began) / 1000).toFixed(3).padStart(7)} s`)}  ${text}`),
    block: (text) => line(text.replace(/^/gm, '    ').trimEnd()),
    written: () => lines.join('\n'),
  }
}
