/** Each attribute as one text, for an index over arrays: a filter asks for rows that have all of its labels. */
export function labelsOf(attributes: Record<string, string>): string[] {
  return Object.entries(attributes).map((entry) => JSON.stringify(entry))
}
