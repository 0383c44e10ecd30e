// `npm run build`: ESM, CommonJS and declarations of every package, into its `dist`.
import { buildAll } from './lib/pack.mjs'
import { setUp } from './lib/setup.mjs'

setUp()
await buildAll()
