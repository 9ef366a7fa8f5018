// The four vitest projects (see vite.config.ts). `npm test` runs them one after another. Files that the config itself
// loads are imported with their extension, as vite's native loader asks.
import { availableParallelism } from 'node:os';
import { playwright } from '@vitest/browser-playwright';
import type { TestProjectConfiguration } from 'vitest/config';
import manifest from '../../package.json' with { type: 'json' };
import { locateBrowser } from '../../src/cli/chromium.mjs';
import { sharedFolders } from './sharedPlugin.ts';

const gpuTests = ['test/**/*.gpu.test.ts'];
const pageTests = ['test/**/*.pages.test.ts'];
// Chrome runs what its own GPU process could change: ops, plans, models with their reference cases (every adapter among
// them), data. What adapters keep, how a trainer resumes, what the page's worker computes and the forced variants of large kernels are the
// same shaders on the same Dawn; twice would take CI over 20 minutes. Single-op references are one of the models' reference cases, too.
const dawnOnly = [
  'test/adapters/**',
  'test/app/**',
  'test/cli/pretrain*.gpu.test.ts', // writes files
  'test/nn/**',
  'test/ops/{flashAttention,matmulKernels,matmulMatrices,torchOps}.gpu.test.ts',
  'test/train/{train,sanity,embeddings,slab,lossScaling}*.gpu.test.ts',
  'test/train/goldens/variants.gpu.test.ts',
];
// SwiftShader on a busy processor is slow to compile; a hang is still found before the limit of the whole run.
const patience = { testTimeout: 240_000, hookTimeout: 240_000 };

/** Where no browser is found this stays undefined, and setupBrowser.ts says so in words. */
const launchOptions = () => {
  try {
    const { executablePath, args, env } = locateBrowser();
    return { executablePath, args, env };
  } catch {
    return undefined;
  }
};

const unit: TestProjectConfiguration = {
  extends: true,
  test: {
    name: 'unit',
    sequence: { groupOrder: 0 },
    include: ['test/**/*.test.ts'],
    exclude: [...gpuTests, ...pageTests],
    environment: 'node',
    setupFiles: ['test/harness/setupShared.ts'],
    // Of two processors vitest would leave one idle.
    maxWorkers: availableParallelism(),
    // Loading the same modules for every file anew takes as long as the tests. Each file must leave globals as it found them.
    isolate: false,
    testTimeout: 30_000,
  },
};

const gpuNode: TestProjectConfiguration = {
  extends: true,
  test: {
    name: 'gpu-node',
    sequence: { groupOrder: 1 },
    include: gpuTests,
    environment: 'node',
    pool: 'forks', // Dawn does not work in worker threads
    maxWorkers: 2,
    setupFiles: ['test/harness/setupShared.ts', 'test/harness/setupNode.ts'],
    ...patience,
  },
};

const gpuChromium: TestProjectConfiguration = {
  extends: true,
  plugins: [sharedFolders()],
  // Told beforehand, or the first test that meets a package makes the server reload the page under the others.
  optimizeDeps: { include: Object.keys(manifest.dependencies) },
  test: {
    name: 'gpu-chromium',
    sequence: { groupOrder: 2 },
    include: gpuTests,
    exclude: dawnOnly,
    globalSetup: ['test/harness/setupBrowser.ts'],
    browser: {
      enabled: true,
      headless: true,
      screenshotFailures: false,
      fileParallelism: false,
      provider: playwright({ launchOptions: launchOptions() }),
      instances: [{ browser: 'chromium' }],
    },
    ...patience,
  },
};

const pages: TestProjectConfiguration = {
  extends: true,
  test: {
    name: 'pages',
    sequence: { groupOrder: 3 },
    include: pageTests,
    environment: 'node',
    globalSetup: ['test/harness/setupBrowser.ts', 'test/harness/setupSite.ts'],
    setupFiles: ['test/harness/setupShared.ts'],
    fileParallelism: false,
    ...patience,
  },
};

/** vitest's `test.projects`. */
export const projects: TestProjectConfiguration[] = [unit, gpuNode, gpuChromium, pages];
