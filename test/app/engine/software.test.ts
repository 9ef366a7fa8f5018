import { expect, test } from 'vitest';
import { isSoftware } from '../../../src/app/engine/software';
import type { Caps } from '../../../src/gpu/device';

const caps = (vendor: string, architecture: string, description = '') =>
  ({ vendor, architecture, description }) as Caps;

test('adapters on the processor are told from graphics cards', () => {
  expect(isSoftware(caps('google', 'swiftshader'))).toBe(true);
  expect(isSoftware(caps('mesa', '', 'llvmpipe (LLVM 17)'))).toBe(true);
  expect(isSoftware(caps('microsoft', '', 'Microsoft Basic Render Driver'))).toBe(true);
  expect(isSoftware(caps('nvidia', 'hopper'))).toBe(false);
  expect(isSoftware(caps('apple', 'metal-3'))).toBe(false);
});
