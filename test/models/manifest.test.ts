import { expect, test } from 'vitest';
import { SAM_ROWS } from '../../src/models/sam/config';
import manifest from '../../weights/manifest.json';

test('every listed checkpoint names a known configuration, its size and its hash', () => {
  expect(manifest.weights.length).toBeGreaterThan(0);
  for (const w of manifest.weights) {
    expect(Object.keys(SAM_ROWS)).toContain(w.config);
    expect(w.sha256).toMatch(/^[0-9a-f]{64}$/);
    expect(Number.isSafeInteger(w.bytes) && w.bytes > 0).toBe(true);
    expect(w.licence).toBeTruthy();
  }
  expect(new Set(manifest.weights.map((w) => w.name)).size).toBe(manifest.weights.length);
});
