/** Trimmed, each once whatever its case; what cannot be a name is told apart, for a pull request does not fail by it. */
export function distinctNames(
  texts: readonly string[] | undefined,
  problemOf: (name: string) => string | null,
): { names: string[]; problems: string[] } {
  const names = new Map<string, string>()
  const problems = new Set<string>()
  for (const text of texts ?? []) {
    const name = text.trim()
    const problem = problemOf(name)
    if (problem !== null) problems.add(`${JSON.stringify(text.slice(0, 100))} ${problem}`)
    else if (!names.has(name.toLowerCase())) names.set(name.toLowerCase(), name)
  }
  return { names: [...names.values()], problems: [...problems] }
}
