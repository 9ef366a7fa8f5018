// vitest reporter that writes what `npm test` needs for its closing summary, as JSON to the file $TEST_REPORT.
import { writeFileSync } from 'node:fs';
import type { Reporter, SerializedError, TestCase, TestModule } from 'vitest/node';
import type { Outcome } from './summary.mjs';

const outcome = (module: TestModule, name: string, state: Outcome['state'], note = ''): Outcome => ({
  name: `${module.project.name} ${module.relativeModuleId} > ${name}`,
  state,
  note,
});

const verdict = (module: TestModule, test: TestCase): Outcome => {
  const result = test.result();
  // A test that never came to a result (its worker died) did not pass.
  if (result.state === 'pending') return outcome(module, test.fullName, 'failed', 'ended without a result');
  if (result.state === 'skipped') return outcome(module, test.fullName, 'skipped', result.note ?? 'no reason given');
  return outcome(module, test.fullName, result.state, result.errors?.[0]?.message);
};

/** Every test of one file; and one failure for each file or group whose own code or hooks failed. */
const outcomes = (module: TestModule): Outcome[] => {
  const groups = [...module.children.allSuites()].filter((suite) => suite.errors().length > 0);
  const broken = groups.map((suite) => outcome(module, suite.fullName, 'failed', suite.errors()[0].message));
  if (module.errors().length > 0) broken.push(outcome(module, '(the file)', 'failed', module.errors()[0].message));
  return [...broken, ...[...module.children.allTests()].map((test) => verdict(module, test))];
};

class SummaryReporter implements Reporter {
  onTestRunEnd(modules: ReadonlyArray<TestModule>, errors: ReadonlyArray<SerializedError>): void {
    const stray = errors.map(({ message }) => ({ name: '(outside any test)', state: 'failed', note: message }));
    const report = [...modules.flatMap(outcomes), ...stray];
    if (process.env.TEST_REPORT) writeFileSync(process.env.TEST_REPORT, JSON.stringify(report));
  }
}

// vitest takes a reporter's default export.
export default SummaryReporter;
