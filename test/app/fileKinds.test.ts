import { expect, test } from 'vitest';
import { splitFiles } from '../../src/app/fileKinds';

const named = (...names: string[]) => names.map((name) => ({ name }));

test('weights and what lies beside them are an adapter; without weights nothing is', () => {
  const files = named('a.png', 'adapter_model.safetensors', 'adapter_config.json', 'README.md', 'x.session.json');
  expect(splitFiles(files)).toEqual({
    adapter: named('adapter_model.safetensors', 'adapter_config.json', 'README.md'),
    others: named('a.png', 'x.session.json'),
  });
  expect(splitFiles(named('README.md', 'a.nii')).adapter).toEqual([]);
  expect(splitFiles(named('run.zip')).adapter).toEqual(named('run.zip'));
  // A zip that was looked into and is none.
  const [run, study, readme] = named('run.zip', 'study.zip', 'README.md');
  expect(splitFiles([study, readme], new Set([study]))).toEqual({ adapter: [], others: [study, readme] });
  expect(splitFiles([study, run], new Set([study]))).toEqual({ adapter: [run], others: [study] });
});
