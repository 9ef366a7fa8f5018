import { expect, test } from 'vitest';
import type { Caps } from '../../src/gpu/device';
import { targetOf } from '../../src/plan/target';

const software = (vendor: string, architecture: string, description: string) =>
  targetOf({ vendor, architecture, description, features: [], limits: {} as Caps['limits'] }).software;

test('software adapters are known by name, and nothing else is one', () => {
  expect(software('google', 'swiftshader', '')).toBe(true);
  expect(software('mesa', '', 'llvmpipe (LLVM 17.0.6, 256 bits)')).toBe(true);
  expect(software('microsoft', 'warp', 'Microsoft Basic Render Driver')).toBe(true);
  expect(software('nvidia', 'hopper', 'NVIDIA H200')).toBe(false);
  expect(software('apple', 'metal-3', '')).toBe(false);
  expect(software('', '', '')).toBe(false);
});
