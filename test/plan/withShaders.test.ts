import { readdirSync, readFileSync } from 'node:fs';
import { afterEach, expect, test, vi } from 'vitest';

afterEach(() => {
  vi.unstubAllEnvs();
  vi.resetModules();
});

/** The modules as a release has them: without the shaders that come on demand; and a training step to plan. */
async function release() {
  vi.resetModules();
  vi.stubEnv('PROD', true);
  const { allShaders } = await import('../../src/gpu/shaders');
  const { withShaders } = await import('../../src/plan/withShaders');
  const { stepPlan } = await import('../../src/train/memoryLevers');
  const { tinyConfig, tinySam } = await import('../train/tiny');
  const { caps } = await import('./caps');
  const plan = () => stepPlan({ sam: tinySam(), config: tinyConfig, hooks: [] }, {}, caps);
  return { allShaders, withShaders, plan };
}

test('a plan that wants shaders of training fetches them in a release; without it, it says what to do', async () => {
  const { allShaders, withShaders, plan } = await release();
  expect(allShaders()).toBe(false);
  expect(plan).toThrow(/loaded on demand: plan within withShaders/);
  // Two at once: the second finds them on their way.
  const [a, b] = await Promise.all([withShaders(plan), withShaders(plan)]);
  expect(a.flops).toBe(b.flops);
  expect(allShaders()).toBe(true);
  expect(plan().flops).toBe(a.flops);
});

test('an error of another kind stays what it is, and is thrown once', async () => {
  const { withShaders } = await release();
  const wrong = vi.fn(() => {
    throw new Error('too large');
  });
  await expect(withShaders(wrong)).rejects.toThrow('too large');
  await expect(withShaders(wrong)).rejects.toThrow('too large');
  // Once more after the shaders had come, and never again.
  expect(wrong).toHaveBeenCalledTimes(3);
});

test('whoever plans on the page without compiling does it within withShaders', () => {
  const files = readdirSync('src/app', { recursive: true, encoding: 'utf8' }).filter((f) => f.endsWith('.ts'));
  const planning =
    /(?<!withShaders\(\(\) => (?:graphs\.map\(\(graph\) => )?)\b(planStep|planMemory|stepPlan|memoryLevers|largestSlab|checkSlab)\(/;
  const calls = files.flatMap((f) =>
    readFileSync(`src/app/${f}`, 'utf8')
      .split('\n')
      .filter((line) => planning.test(line) && !line.trim().startsWith('*'))
      .map((line) => `${f}: ${line.trim()}`),
  );
  expect(calls).toEqual([]);
});
