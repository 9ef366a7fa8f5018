import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { loadOverlays } from '../../../src/cli/report/loadRuns';
import { fakeRun } from './fixture';

test('pictures: of the first seed of each arm, the most telling first, within the room, missing files left out', async () => {
  const path = await mkdtemp(join(tmpdir(), 'runs-'));
  try {
    await mkdir(join(path, 'overlays'));
    for (const name of ['a', 'b']) await writeFile(join(path, 'overlays', name), new Uint8Array(10));
    const picture = (file: string, dice: number) => ({ file, id: file, className: 'disc', dice });
    const run = (arm: string, seed: number, files: string[]) => ({
      path,
      summary: { ...fakeRun(arm, 'd', seed, 0.5, { cases: 2 }), overlays: files.map((f) => picture(f, 0.5)) },
    });
    const runs = [run('x', 1, ['a', 'b']), run('x', 2, ['a', 'b']), run('y', 1, ['b', 'gone', 'a'])];
    const names = async (room: number) => {
      const { overlays, left } = await loadOverlays(runs, room);
      return [overlays.map((o) => `${o.arm} ${o.id} ${o.png.length}`), left];
    };
    expect(await names(100)).toEqual([['x a 10', 'y b 10', 'x b 10', 'y a 10'], 3]);
    expect(await names(25)).toEqual([['x a 10', 'y b 10'], 5]);
  } finally {
    await rm(path, { recursive: true });
  }
});
