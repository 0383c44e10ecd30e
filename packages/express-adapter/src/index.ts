export type { PullwrightExpressOptions } from './pullwright-express.ts'
export { pullwrightExpress } from './pullwright-express.ts'
