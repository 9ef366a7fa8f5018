// What `npm test` says at its end.

/** @typedef {{name: string, state: 'passed' | 'failed' | 'skipped', note: string}} Outcome */

/**
 * Outcomes of one project from its report. A run that failed without saying which test, or left no report, is one
 * failure of its own, so that a crash is never taken for a pass.
 * @param {string} project @param {string} ended '' or why the run failed @param {() => string} readReport
 * @returns {Outcome[]}
 */
export function collect(project, ended, readReport) {
  /** @type {Outcome[]} */
  let report = [];
  let trouble = ended;
  try {
    report = JSON.parse(readReport());
  } catch (error) {
    trouble = `${ended || 'no report'} (${error instanceof Error ? error.message : error})`;
  }
  const explained = report.some(({ state }) => state === 'failed');
  return trouble && !explained
    ? [...report, { name: `${project} > (the run)`, state: 'failed', note: trouble }]
    : report;
}

/**
 * The closing lines: skipped tests with reasons, failures, counts; and the exit code (1 where anything failed or
 * nothing ran).
 * @param {Outcome[]} outcomes @returns {{lines: string[], exitCode: number}}
 */
export function summaryLines(outcomes) {
  /** @param {string} state */
  const of = (state) => outcomes.filter((outcome) => outcome.state === state);
  /** @param {Outcome} outcome */
  const line = ({ name, note }) => `  ${name}${note ? ` — ${note.split('\n')[0]}` : ''}`;
  const [passed, failed, skipped] = ['passed', 'failed', 'skipped'].map(of);
  const lines = [''];
  if (skipped.length > 0) lines.push('Skipped:', ...skipped.map(line));
  if (failed.length > 0) lines.push('Failed:', ...failed.map(line));
  const ran = outcomes.some(({ name, state }) => !name.startsWith('lint >') && state !== 'skipped');
  if (!ran) lines.push('No test ran.');
  lines.push(`${passed.length} passed, ${failed.length} failed, ${skipped.length} skipped`);
  return { lines, exitCode: ran && failed.length === 0 ? 0 : 1 };
}
