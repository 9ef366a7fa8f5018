// Runs once before the tests that need Chrome: unpacks the npm one at the first use, or says that there is none.
import { ensureBrowser } from '../../src/cli/chromium.mjs';

export const setup = async (): Promise<void> => {
  await ensureBrowser();
};
