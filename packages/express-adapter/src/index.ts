/**
 * Mounts Pullwright in an Express 4 or 5 app.
 *
 * @module @pullwright/express-adapter
 */
export type { PullwrightExpressOptions, PullwrightMiddleware } from './pullwright-express.ts'
export { pullwrightExpress } from './pullwright-express.ts'
