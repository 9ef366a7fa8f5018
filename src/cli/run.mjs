// `node src/cli/run.mjs COMMAND …`: opens WebGPU where the command needs it, and runs main.ts through Vite's module
// runner (Node cannot read TypeScript, and `?raw` and `import.meta.glob` are Vite's). The exit code is main's.
import { createRunnableDevEnvironment, resolveConfig } from 'vite';
import { projectRoot } from './chromium.mjs';
import { installDawn } from './dawn.mjs';

const withoutGpu = ['scene-worker', 'convert', 'inspect', 'help', '--help', '-h', '--version'];

/** @param {string[]} argv */
const needsGpu = (argv) =>
  argv.length > 0 && !argv.includes('--help') && (!withoutGpu.includes(argv[0]) || argv.includes('--merge'));

/** Vite's `runnerImport` with one difference: it stays open while main runs, so that main can import lazily. */
async function openRunner() {
  const inline = {
    consumer: /** @type {const} */ ('server'),
    dev: { moduleRunnerTransform: true },
    resolve: { external: /** @type {const} */ (true), mainFields: [], conditions: ['node'] },
  };
  const config = await resolveConfig(
    { root: projectRoot, configFile: false, envDir: false, logLevel: 'warn', environments: { inline } },
    'serve',
  );
  const environment = createRunnableDevEnvironment('inline', config, {
    runnerOptions: { hmr: { logger: false } },
    hot: false,
  });
  await environment.init();
  return environment;
}

/** @param {string[]} argv @returns {Promise<number>} the exit code */
async function run(argv) {
  if (needsGpu(argv)) await installDawn();
  const environment = await openRunner();
  try {
    const { main } = await environment.runner.import('/src/cli/main.ts');
    return await main(argv);
  } finally {
    await environment.close();
  }
}

/** @param {NodeJS.WriteStream} stream @returns {Promise<void>} when what was written has left the process */
const flushed = (stream) => new Promise((done) => stream.write('', () => done()));

// `… | head` closes the pipe early: that is no error of ours.
process.stdout.on('error', (error) => process.exit('code' in error && error.code === 'EPIPE' ? 0 : 1));

try {
  process.exitCode = await run(process.argv.slice(2));
} catch (error) {
  console.error(error);
  process.exitCode = 1;
}
// Dawn keeps a process alive as long as its instance is reachable; a command's own timers should not.
await Promise.all([flushed(process.stdout), flushed(process.stderr)]);
process.exit();
