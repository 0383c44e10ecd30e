import { defineConfig, type Options } from 'tsup'

/** The one way every package is built: ESM, CommonJS and declarations, from the entries given. */
export const library = (entry: Record<string, string>, more: Options = {}) =>
  defineConfig({
    entry,
    format: ['esm', 'cjs'],
    dts: { compilerOptions: { ignoreDeprecations: '6.0', customConditions: ['@pullwright/source'] } },
    target: 'node20',
    platform: 'node',
    clean: true,
    splitting: true,
    treeshake: true,
    // `import.meta.url` in the CommonJS build.
    shims: true,
    removeNodeProtocol: false,
    sourcemap: false,
    outExtension: ({ format }) => ({ js: format === 'esm' ? '.js' : '.cjs' }),
    ...more,
  })
