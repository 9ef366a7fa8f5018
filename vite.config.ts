import { defineConfig } from 'vitest/config';

const gpuTests = ['test/**/*.gpu.test.ts'];
const pageTests = ['test/**/*.pages.test.ts'];

export default defineConfig({
  base: './',
  publicDir: false,
  test: {
    projects: [
      {
        extends: true,
        test: {
          name: 'unit',
          include: ['test/**/*.test.ts'],
          exclude: [...gpuTests, ...pageTests],
          environment: 'node',
        },
      },
      {
        extends: true,
        test: {
          name: 'gpu-node',
          include: gpuTests,
          environment: 'node',
          pool: 'forks',
          maxWorkers: 2,
          setupFiles: ['test/harness/setupNode.ts'],
          testTimeout: 60_000,
          hookTimeout: 60_000,
        },
      },
    ],
  },
});
