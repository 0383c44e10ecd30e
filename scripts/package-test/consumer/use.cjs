const { uses } = require('./uses.cjs')

/** Loads and exercises every package, in the way the caller loads: one JSON line for each use. */
module.exports = async function use(load) {
  for (const { name, from, run } of uses) {
    const line = { use: `${from}: ${name}` }
    try {
      await run(await load(from), load)
    } catch (error) {
      line.problem = String(error?.stack ?? error)
    }
    console.log(JSON.stringify(line))
  }
}
