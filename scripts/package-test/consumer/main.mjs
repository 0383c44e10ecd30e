import use from './use.cjs'

await use((specifier) => import(specifier))
