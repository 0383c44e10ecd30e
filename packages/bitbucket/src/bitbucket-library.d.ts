/**
 * The part of the library that we use: requests, without its list of endpoints. Its own types reach into TypeScript
 * sources which stricter projects than theirs cannot compile.
 */
declare module 'bitbucket/lib/minimal.umd.js' {
  interface LibraryAnswer {
    data: unknown
    status: number
    headers: Record<string, string>
  }
  interface Library {
    Bitbucket: new (options: {
      baseUrl: string
      notice: false
    }) => {
      request(route: string, options: Record<string, unknown>): Promise<LibraryAnswer>
    }
  }
  /** As `require` gives it. */
  export const Bitbucket: Library['Bitbucket'] | undefined
  /** As `import` gives it: all of it. */
  const library: Library
  export default library
}
