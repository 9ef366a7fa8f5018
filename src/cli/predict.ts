import { command } from './command';
import type { Flag } from './flags';
import { INTERRUPTED, onInterrupt } from './interrupt';
import { predictFiles } from './predictFiles';
import { readPrompts } from './predictPrompts';
import { openTrained } from './trainedModel';
import { measureAfter, openRecalled } from './tunedHost';

const FLAGS = {
  data: { kind: 'text' },
  adapter: { kind: 'text' },
  base: { kind: 'text' },
  point: { kind: 'list' },
  box: { kind: 'text' },
  prompts: { kind: 'text' },
  multimask: { kind: 'switch' },
  plane: { kind: 'text', choices: ['auto', 'axial', 'coronal', 'sagittal'] },
  window: { kind: 'text' },
  depth: { kind: 'whole', min: 1, max: 256 },
  channel: { kind: 'whole', min: 0 },
  image: { kind: 'text' },
  out: { kind: 'text' },
} as const satisfies Record<string, Flag>;

const HELP = `predict: masks of unlabelled images and volumes

  npm run predict -- --data PATH [flags]

  --data PATH       an image (PNG, JPEG), a volume (NIfTI, NRRD, MetaImage), or a folder of either
  --adapter PATH    run folder, adapter folder or adapter file; without it the bare base
  --base NAME|FILE  base (the one that the run or the adapter names, else sam-nano)
  --point X,Y[,L]   a click, any number of times; L 1 on the object (default), 0 beside it; I,J,K,L in voxels of a volume
  --box X0,Y0,X1,Y1 a box; I0,J0,K0,I1,J1,K1 in a volume
  --prompts FILE    JSON with several objects: {"FILE or *": [{"name": "disc", "points": [[60, 52]], "labels": [1], "box": null}]}
                    Without prompts: a click at the centre of the image, of every slice in a volume.
  --multimask       the best of SAM's three masks by its own estimate (a single click often means several things)
  --plane, --window, --depth, --channel, --image
                    how volumes are cut and shown (those of the run, else auto, auto, 8, the only channel, the only image)
  --out DIR         where masks go (predictions)
  --json            what was found as JSON on stdout
  --help            this text

An image gives NAME.png of its own size: 255 on the object, or 1, 2, … for several. A volume gives NAME_mask.nii.gz on its own grid
with its affine; slices without a prompt of their own get no mask. predictions.json says what was found where.
Exit codes: 0 done, 1 failed, 2 wrong command line, 130 stopped (what was finished stays).`;

/** `npm run predict -- [flags]`: see HELP. */
export const run = command('predict', HELP, FLAGS, async ({ data, adapter, base, out, json, ...flags }) => {
  if (data === undefined) {
    console.error('predict: --data is needed: an image, a volume, or a folder of either');
    return 2;
  }
  const prompts = await readPrompts(flags);
  const model = await openTrained({ base, adapter });
  const interrupt = onInterrupt();
  const gpu = await openRecalled();
  try {
    const host = { log: process.stderr, stopped: interrupt.asked };
    const result = await predictFiles(data, model, gpu, prompts, { ...flags, out: out ?? 'predictions' }, host);
    const lines = result.files.map((f) => `${f.mask}: ${f.objects.map((o) => `${o.name} ${o.voxels}`).join(', ')}`);
    console.log(json ? JSON.stringify(result) : lines.join('\n'));
    await measureAfter(gpu, process.stderr);
    return result.status === 'done' ? 0 : INTERRUPTED;
  } finally {
    gpu.destroy();
    interrupt.forget();
  }
});
