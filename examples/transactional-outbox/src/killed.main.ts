import { deploy, openHost } from './host.ts'

/** A process that is gone the moment its transaction is committed: nothing is announced, nothing is delivered by it. */
const [url = '', schema = '', revision = ''] = process.argv.slice(2)
const host = await openHost(url, schema)
await deploy(host, schema, Number(revision))
process.kill(process.pid, 'SIGKILL')
