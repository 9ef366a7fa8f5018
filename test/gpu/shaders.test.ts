import { readdirSync } from 'node:fs';
import { expect, test } from 'vitest';
import { moreShaders } from '../../src/gpu/moreShaders';
import { loadShaders, shaderPaths } from '../../src/gpu/shaders';

test('every shader is loaded at once or on demand, and is there in development', async () => {
  const all = readdirSync('shaders', { recursive: true, encoding: 'utf8' }).filter((f) => f.endsWith('.wgsl'));
  expect(shaderPaths()).toEqual(all.map((f) => f.replaceAll('\\', '/')).sort());
  expect(await loadShaders()).toBe(false);
});

test('what a forward pass of SAM needs is not among those that wait', () => {
  const late = Object.keys(moreShaders);
  expect(late.length).toBeGreaterThan(20);
  expect(
    late.filter((p) => /softmax4|layernorm4|tile8|subgroup4|map|lib\//.test(p) && !/Tile8|Dx|Grad/.test(p)),
  ).toEqual([]);
});
