import type { Checkpoint } from '../../data/experiment/runFiles';
import type { Gpu } from '../../gpu/device';
import type { Base } from './base';
import { buildRun, type Model, placeModel } from './model';
import type { Run } from './run';
import { beginWith } from './runDevice';

/**
 * The adapted model of a run with its last or best adapter on the device, so that it can be asked for masks. Null where
 * nothing was trained.
 */
export async function placeAdapter(
  run: Run,
  which: Checkpoint,
  { gpu, base }: { gpu: Gpu; base: Base },
): Promise<Model | null> {
  if (!run.info.step && !run.info.imported) return null;
  if (run.info.base.name !== base.info.name)
    throw new Error(`${run.info.name} was trained on ${run.info.base.name}; choose that base first`);
  const { sam } = buildRun(base, run.info.config);
  const adapter = await run.files.readAdapter(which);
  if (adapter) await beginWith(sam.params, adapter);
  return placeModel(gpu, 'adapted', { sam, params: sam.params });
}
