import { expect, test } from 'vitest';
import { engineBundle } from '../../src/cli/benchBundle';

test('our engine with SAM takes at most 60 KiB gzip', async () => {
  const { gzip, modules } = await engineBundle();
  expect(modules.map((m) => m.path)).toEqual(
    expect.arrayContaining(['src/plan/compile.ts', 'src/models/sam/sam.ts', 'shaders/matmul/tile8.wgsl?raw']),
  );
  const heaviest = modules.slice(0, 20).map((m) => `${m.bytes} ${m.path}`);
  expect(gzip / 1024, `bytes of the heaviest modules:\n${heaviest.join('\n')}`).toBeLessThanOrEqual(60);
});
