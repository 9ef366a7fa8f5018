// Runs before every test file in Node: shared.ts then reads the folders directly.
import { folderReader } from './sharedFolder';

globalThis.__sharedReader = folderReader();
