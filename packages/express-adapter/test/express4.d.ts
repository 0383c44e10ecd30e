/** Express 4 under another name, as far as the tests use it: the same as Express 5. */
declare module 'express4' {
  export { default } from 'express'
}
