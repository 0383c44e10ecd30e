/** What we use of it: the package comes without types. */
declare module 'fast-redact' {
  export default function fastRedact(options: { paths: string[]; serialize: false }): (value: object) => object
}
