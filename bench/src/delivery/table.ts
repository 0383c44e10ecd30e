/** Columns as wide as what stands in them, numbers to the right. */
export function printTable(title: string, head: readonly string[], rows: readonly (readonly string[])[]): void {
  const widths = head.map((name, column) => Math.max(name.length, ...rows.map((row) => row[column]?.length ?? 0)))
  const line = (cells: readonly string[]) =>
    cells
      .map((cell, column) => (column === 0 ? cell.padEnd(widths[column] ?? 0) : cell.padStart(widths[column] ?? 0)))
      .join('  ')
  const text = [title, line(head), widths.map((width) => '-'.repeat(width)).join('  '), ...rows.map(line)]
  process.stdout.write(`\n${text.join('\n')}\n`)
}

export function median(values: readonly number[]): number {
  return quantile(values, 0.5)
}

/** The value that so many of them do not exceed. NaN where there is none. */
export function quantile(values: readonly number[], part: number): number {
  const sorted = [...values].sort((a, b) => a - b)
  return sorted[Math.min(sorted.length - 1, Math.floor(sorted.length * part))] ?? Number.NaN
}

export function fixed(value: number | null, digits = 0): string {
  return value === null || Number.isNaN(value) ? '-' : value.toFixed(digits)
}
