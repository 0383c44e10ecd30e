export type { PullwrightExpressOptions, PullwrightMiddleware } from './pullwright-express.ts'
export { pullwrightExpress } from './pullwright-express.ts'
