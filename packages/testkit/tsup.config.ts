import { library } from '../../tsup.base.ts'

// With shims, so that the CommonJS build too finds the GraphQL schema's file beside its own address.
export default library({ index: 'src/index.ts' }, { shims: true })
