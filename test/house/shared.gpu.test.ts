import { expect, test } from 'vitest';
import { listShared, needShared, readShared } from '../harness/shared';

test('the goldens can be listed and read here', async (context) => {
  await needShared(context, 'goldens');
  expect(await listShared('goldens')).toContain('README.md');
  const text = new TextDecoder().decode(await readShared('goldens', 'README.md'));
  expect(text).toMatch(/golden/i);
  await expect(readShared('goldens', 'no-such-case/io.safetensors')).rejects.toThrow();
});
