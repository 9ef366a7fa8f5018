import { allShaders, loadShaders } from '../gpu/shaders';

/**
 * What `plan` gives. Releases fetch the shaders of training, of SD-Trans and of GPUs' tiles on demand, and planning looks into
 * them: where `plan` throws while some are missing, they are fetched and it is called once more. `compile` does this by itself;
 * whoever plans without compiling (memory, time, tables) calls this, and a test sees to it.
 */
export async function withShaders<T>(plan: () => T): Promise<T> {
  const final = allShaders();
  try {
    return plan();
  } catch (e) {
    if (final) throw e;
    await loadShaders();
    return plan();
  }
}
