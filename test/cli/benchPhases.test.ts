import { expect, test } from 'vitest';
import { phaseRows } from '../../src/cli/benchPhases';

test('phases add up to the whole, also where an engine overlaps them', () => {
  const times = { response: 10, script: 30, adapter: 80, device: 90, firstShader: 150, lastPipeline: 400 };
  const made = { shaders: 7, pipelines: 7, shaderCalls: 1, pipelineMs: [200, 250] };
  const phases = { ...times, ...made, firstSubmit: 300, lastSubmit: 390, done: 560 };
  const [head, row] = phaseRows({ ours: { ms: 560, phases, scriptGzip: 1, wasmGzip: 0 } });
  expect(row).toEqual(['ours', '10', '20', '60', '60', '250', '0', '160', '560', '7']);
  expect(head).toHaveLength(row.length);
  const sum = row.slice(1, -2).reduce((n, t) => n + Number(t), 0);
  expect(sum).toBe(560);
});

test('records without phases give no table', () => {
  expect(phaseRows({ ours: { ms: 560, scriptGzip: 1, wasmGzip: 0 } })).toEqual([]);
});
