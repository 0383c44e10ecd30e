const use = require('./use.cjs')

use((specifier) => require(specifier)).catch((error) => {
  process.exitCode = 1
  throw error
})
