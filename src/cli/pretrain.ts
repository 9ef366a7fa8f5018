import { join } from 'node:path';
import { parseArgs } from 'node:util';
import { SAM_ROWS, type SamName } from '../models/sam/config';
import { finish } from './pretrainFinish';
import { type PretrainOptions, pretrain, type Stage } from './pretrainRun';
import type { SceneDrawer } from './sceneSource';
import { openTuned } from './tunedHost';

const HELP = `pretrain: train a small SAM from scratch on procedural scenes
  --base NAME     sam-nano or sam-micro (default sam-nano)
  --patch N       patch side (default: the base's)
  --stages LIST   image side x steps x images a step, e.g. 64x1700x8,128x200x4 (the default for sam-nano):
                  small images first, whose tables are interpolated; the schedule is laid out over all steps
  --objects N     prompts an image (default 6)
  --scenes WHO    who draws the scenes: cpu (other processes, ahead of the step; the default) or gpu (the step itself: for machines
                  with few processors beside a fast card); the same scenes, but for rounding, with prompts of their own
  --lr X          peak learning rate (default 0.0015)
  --seed N        (default 1)
  --out DIR       run folder (default runs/pretrain-NAME); an interrupted run there is resumed
  --minutes M     stop (resumably) after M minutes
  --from FILE     start from the image encoder of another run's state.safetensors
  --weights FILE  where to write the finished base`;

const FLAGS = ['base', 'patch', 'stages', 'objects', 'scenes', 'lr', 'seed', 'out', 'minutes', 'weights', 'from'];

/** `pretrain`: see HELP. Writes state.safetensors (resume), curve.jsonl, and at the end the averaged weights. */
export async function run(argv: string[]): Promise<number> {
  if (argv.includes('--help')) {
    console.log(HELP);
    return 0;
  }
  const options = Object.fromEntries(FLAGS.map((k) => [k, { type: 'string' as const }]));
  const a = parseArgs({ args: argv, options }).values as Record<string, string | undefined>;
  const base = (a.base ?? 'sam-nano') as SamName;
  if (!(base in SAM_ROWS))
    throw new Error(`pretrain: there is no base ${base}; there are ${Object.keys(SAM_ROWS).join(', ')}`);
  const row = SAM_ROWS[base];
  const n = (key: string, fallback: number) => {
    const v = a[key] === undefined ? fallback : Number(a[key]);
    if (!Number.isFinite(v) || v <= 0) throw new Error(`pretrain: --${key} must be a positive number, got '${a[key]}'`);
    return v;
  };
  const chosen: PretrainOptions = {
    base,
    patch: n('patch', row.patchSize),
    stages: stagesOf(a.stages ?? `${row.imgSize / 2}x1700x8,${row.imgSize}x200x4`),
    objects: n('objects', 6),
    lr: n('lr', 1.5e-3),
    seed: n('seed', 1),
    out: a.out ?? join('runs', `pretrain-${base}`),
    minutes: a.minutes ? n('minutes', 1) : Number.POSITIVE_INFINITY,
    weights: a.weights ?? null,
    from: a.from ?? null,
    scenes: drawerOf(a.scenes ?? 'cpu'),
  };
  const { gpu, plan } = await openTuned(process.stderr);
  return pretrain(gpu, chosen, finish, plan);
}

function drawerOf(text: string): SceneDrawer {
  if (text !== 'cpu' && text !== 'gpu') throw new Error(`pretrain: --scenes wants cpu or gpu, got '${text}'`);
  return text;
}

/** `64x1700x8,128x200x4` → stages. Throws when a part is not three positive whole numbers. */
export function stagesOf(text: string): Stage[] {
  return text.split(',').map((part) => {
    const [size, steps, batch] = part.split('x').map(Number);
    if (![size, steps, batch].every((x) => Number.isInteger(x) && x > 0)) {
      throw new Error(`pretrain: --stages wants SIDExSTEPSxBATCH,… such as 64x1700x8,128x200x4, got '${part}'`);
    }
    return { size, steps, batch };
  });
}
