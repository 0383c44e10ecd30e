import { library } from '../../tsup.base.ts'

const most = library(
  {
    index: 'src/index.ts',
    vcs: 'src/vcs-kit/index.ts',
    client: 'src/client/index.ts',
    opentelemetry: 'src/opentelemetry/index.ts',
  },
  // Finding and reading it as a module of its own takes longer than all it does.
  { noExternal: ['eventemitter3'], clean: false },
)
/** By itself, so that it shares no chunk and stays as small as it is. Neither cleans the folder, where both write at once. */
const signing = library({ signing: 'src/signing/index.ts' }, { clean: false })

export default [most, signing].flat()
