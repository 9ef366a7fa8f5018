import type { Gpu } from '../../gpu/device';
import { bindLeaf } from '../../plan/leaves';
import type { Base } from './base';
import { buildRun, type Model, placeModel } from './model';
import type { Run } from './run';
import { beginWith } from './runDevice';

/**
 * The adapted model of a run, as trained so far, on the device, so that it can be asked for masks: from its adapter's file,
 * from its state where that is newer, else as it begins. Null where nothing was trained.
 */
export async function placeAdapter(run: Run, { gpu, base }: { gpu: Gpu; base: Base }): Promise<Model | null> {
  if (!run.info.step && !run.info.imported) return null;
  if (run.info.base.name !== base.info.name)
    throw new Error(`${run.info.name} was trained on ${run.info.base.name}; choose that base first`);
  const { sam } = buildRun(base, run.info.config);
  const adapter = await run.files.readAdapter();
  if (adapter) await beginWith(sam.params, adapter);
  const model = await placeModel(gpu, 'adapted', { sam, params: sam.params });
  const { flat } = sam.params.layout();
  // Where the disk was full there is no file.
  if (!adapter && run.state && flat) bindLeaf(gpu, flat, run.state.p);
  return model;
}
