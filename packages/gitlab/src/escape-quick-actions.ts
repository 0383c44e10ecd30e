/**
 * GitLab carries out a line such as `/merge` in a description or comment, with the rights of our account. Whoever's text
 * ends up there must not command it, so such a line gets a backslash, which Markdown does not show. Code blocks are
 * left alone: nothing is carried out there. https://docs.gitlab.com/user/project/quick_actions/
 */
export function escapeQuickActions(text: string): string {
  let fence: string | null = null
  const lines = text.split('\n').map((line) => {
    const mark = /^ {0,3}(`{3,}|~{3,})/.exec(line)?.[1]
    if (fence === null && mark !== undefined) fence = mark
    else if (fence !== null && closes(line, fence)) fence = null
    else if (fence === null) return line.replace(/^(\s*)\/(?=\p{L})/u, '$1\\/')
    return line
  })
  return lines.join('\n')
}

function closes(line: string, fence: string): boolean {
  const mark = /^ {0,3}(`{3,}|~{3,})\s*$/.exec(line)?.[1]
  return mark !== undefined && mark[0] === fence[0] && mark.length >= fence.length
}
