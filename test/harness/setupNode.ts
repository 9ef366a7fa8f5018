// Runs before every GPU test file in Node: makes navigator.gpu.
import { installDawn } from '../../src/cli/dawn.mjs';

await installDawn();
