/** What is asked for, and whether it is met. */
export interface Bar {
  what: string
  /** As measured. */
  value: number
  most?: number
  least?: number
  unit?: string
}

export function title(text: string): void {
  process.stdout.write(`\n## ${text}\n\n`)
}

/** A Markdown table, ready for the documentation. */
export function table(head: readonly string[], rows: readonly (readonly (string | number)[])[]): void {
  const lines = [head, head.map(() => '---'), ...rows].map((row) => `| ${row.map(show).join(' | ')} |`)
  process.stdout.write(`${lines.join('\n')}\n\n`)
}

/** Prints each bar with what was reached; where one is missed the process ends with 1. */
export function bars(list: readonly Bar[]): void {
  for (const { what, value, most, least, unit = '' } of list) {
    const passed = value <= (most ?? Number.POSITIVE_INFINITY) && value >= (least ?? Number.NEGATIVE_INFINITY)
    const asked = most === undefined ? `at least ${least}` : `at most ${most}`
    if (!passed) process.exitCode = 1
    process.stdout.write(`${passed ? 'pass' : 'FAIL'}  ${what}: ${show(value)}${unit} (${asked}${unit})\n`)
  }
}

function show(value: string | number): string {
  if (typeof value === 'string') return value
  if (Number.isInteger(value)) return value.toLocaleString('en')
  return value >= 100 ? value.toFixed(0) : value.toPrecision(3)
}
