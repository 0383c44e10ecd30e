/** The same function of a text, which keeps its last answers: at most so many, of texts up to so many characters. */
export function remember<T>(work: (text: string) => T, most: number, longest: number): (text: string) => T {
  const known = new Map<string, T>()
  return (text) => {
    const before = known.get(text)
    if (before !== undefined) return before
    const answer = work(text)
    if (known.size >= most) known.clear()
    if (text.length <= longest) known.set(text, answer)
    return answer
  }
}
