import { library } from '../../tsup.base.ts'

export default library(
  {
    index: 'src/index.ts',
    signing: 'src/signing/index.ts',
    vcs: 'src/vcs-kit/index.ts',
    client: 'src/client/index.ts',
    opentelemetry: 'src/opentelemetry/index.ts',
  },
  // Finding and reading it as a module of its own takes longer than all it does.
  { noExternal: ['eventemitter3'] },
)
