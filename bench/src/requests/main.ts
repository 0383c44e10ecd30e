import { table, title } from '../pure/report.ts'
import { BITBUCKET } from './bitbucket.ts'
import { GITHUB } from './github.ts'
import { GITLAB } from './gitlab.ts'
import { measure, type Row, type Spent } from './measure.ts'

const HEAD = ['', 'create', 'update', 'nothing to do', 'besides']

/** `npm run bench -- requests`: API requests, and bytes both ways with headers, for one pull request on the same fakes. */
export async function main(): Promise<void> {
  for (const forge of [GITHUB, GITLAB, BITBUCKET]) {
    const rows: Row[] = []
    for (const contender of forge.contenders) rows.push(await measure(forge, contender))
    title(`${forge.name}: one file, ${forge.asked}`)
    table(
      HEAD,
      rows.map(({ name, note = '', create, update, nothing }) => [name, ...[create, update, nothing].map(show), note]),
    )
  }
}

function show({ requests, bytes }: Spent): string {
  return `${requests} request${requests === 1 ? '' : 's'}, ${(bytes / 1000).toFixed(1)} kB`
}
