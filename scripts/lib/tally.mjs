import { readFileSync } from 'node:fs'

/**
 * Counts a run from vitest's JSON report. A file that did not load counts as one failure, and so does a run that ended
 * badly without a failed test (an unhandled rejection, no test found, no report at all): zero failed means all is well.
 */
export function readTally(reportFile, exitCode) {
  const report = readReport(reportFile)
  const tests = report.testResults.flatMap((file) => file.assertionResults)
  const count = (...states) => tests.filter((test) => states.includes(test.status)).length
  const unloaded = report.testResults.filter((file) => file.status === 'failed' && !file.assertionResults.some(failed))
  const counted = count('failed') + unloaded.length
  return {
    passed: count('passed'),
    failed: counted === 0 && exitCode !== 0 ? 1 : counted,
    skipped: count('pending', 'skipped', 'todo', 'disabled'),
  }
}

/** The lines to end with. The count of passed and failed is the very last one. */
export function tallyLines({ passed, failed, skipped }) {
  const last = `${passed} passed, ${failed} failed`
  return skipped > 0 ? [`${skipped} skipped`, last] : [last]
}

function failed(test) {
  return test.status === 'failed'
}

function readReport(file) {
  try {
    return JSON.parse(readFileSync(file, 'utf8'))
  } catch {
    return { testResults: [] }
  }
}
