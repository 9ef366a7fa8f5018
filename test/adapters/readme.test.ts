import { readFileSync } from 'node:fs';
import { expect, test } from 'vitest';

test("the README's adapter and its test are those that are tested here", () => {
  const read = (path: string) => readFileSync(new URL(path, import.meta.url), 'utf8');
  const [, example] = /```ts\n(export const gain[\s\S]*?)```/.exec(read('../../README.md')) ?? [];
  expect(example).toBeTruthy();
  expect(read('./gain.ts')).toContain(example);
  const [, line] = /`(checkAdapter\('gain'.*?;)`/.exec(read('../../README.md')) ?? [];
  expect(read('./gain.gpu.test.ts')).toContain(line);
});
