import { stat } from 'node:fs/promises';
import { basename, dirname, join } from 'node:path';
import type { Folder } from '../data/dataset';
import { DatasetError } from '../data/errors';
import type { Predict } from '../data/experiment/experimentData';
import { decodeImage, encodePng, toRgb8 } from '../data/image';
import { maskVolume, writeNifti } from '../data/niftiWrite';
import { isVolumeName, openVolume } from '../data/openVolume';
import type { Volume } from '../data/volume';
import { holdsVolumes, openVolumeFolder } from '../data/volumeFolder';
import { finiteVolume } from '../data/volumeLabels';
import { labelsFromLogits, prepareVolume } from '../data/volumePrepare';
import type { Gpu } from '../gpu/device';
import { uploadParams } from '../nn/paramsIo';
import type { PlanOptions } from '../plan/plan';
import { makeEvaluator } from '../train/evaluator';
import { resolveConfig } from '../train/experiment/config';
import { diskFolder, openFile, writeWhole } from './files';
import type { Host } from './lab';
import { type Found, predictImage } from './predictImage';
import type { PromptsFor } from './predictPrompts';
import { predictVolume } from './predictVolume';
import { type Progress, progressBar } from './progress';
import type { TrainedModel } from './trainedModel';

/** How to predict; what is left out is as the run had it. */
export interface PredictOptions {
  readonly out: string;
  readonly multimask?: boolean;
  readonly plane?: string;
  readonly window?: string;
  readonly depth?: number;
  readonly channel?: number;
  readonly image?: string;
}

/** One file, and what was found in it. */
export interface Predicted {
  readonly file: string;
  /** Path of the mask. */
  readonly mask: string;
  readonly objects: readonly {
    readonly name: string;
    /** In the mask. */
    readonly value: number;
    readonly score: number | null;
    /** Pixels or voxels. */
    readonly voxels: number;
  }[];
}

/** Everything that one call works with. */
interface Work {
  readonly side: number;
  readonly predict: Predict;
  readonly prompts: PromptsFor;
  readonly o: PredictOptions;
  readonly volume: ReturnType<typeof volumeOptions>;
  readonly host: Pick<Host, 'log' | 'stopped'>;
}

/** Something to predict on, opened when its turn comes. */
interface Input {
  readonly name: string;
  readonly open: () => Promise<{ readonly image: Blob } | { readonly volume: Volume }>;
}

/** Predicts on a file or all files of a folder, one after the other; what is finished stays when it is stopped. */
export async function predictFiles(
  path: string,
  model: TrainedModel,
  gpu: Gpu,
  prompts: PromptsFor,
  o: PredictOptions,
  host: Pick<Host, 'log' | 'stopped'> & { readonly plan?: PlanOptions },
): Promise<{ readonly status: 'done' | 'stopped'; readonly files: readonly Predicted[] }> {
  const volume = volumeOptions(model, o);
  const inputs = await inputsOf(path, volume);
  await uploadParams(model.sam.params, gpu);
  const side = model.sam.config.imageEncoder.imgSize;
  const evaluator = (depth: number) =>
    makeEvaluator(gpu, model.sam, { batch: 1, depth, side, points: 2, maskSide: 0 }, host.plan, o.multimask ?? false);
  const [flat, deep] = [evaluator(1), evaluator(volume.depth)];
  const predict: Predict = (rows) => (rows.length === 1 ? flat : deep).evaluate(rows);
  const work: Work = { side, predict, prompts, o, volume, host };
  const bar = progressBar('predicting', inputs.length, host.log);
  const files: Predicted[] = [];
  for (const input of inputs) {
    if (host.stopped()) break;
    files.push(await predictOne(work, input));
    bar.show(files.length, input.name);
  }
  bar.end();
  for (const e of [flat, deep]) e.destroy();
  await writeWhole(join(o.out, 'predictions.json'), `${JSON.stringify(files, null, 2)}\n`);
  return { status: files.length === inputs.length ? 'done' : 'stopped', files };
}

/** How volumes are cut: by flags, else as the run had it, else by default. */
function volumeOptions({ config }: TrainedModel, o: PredictOptions) {
  const { volume } = resolveConfig(config ?? {}).data;
  const range = o.window?.split(',').map(Number);
  const window = range?.length === 2 && range.every(Number.isFinite) ? ([range[0], range[1]] as const) : o.window;
  return {
    ...volume,
    ...(window === undefined ? {} : { window }),
    ...(o.plane === undefined ? {} : { plane: o.plane as typeof volume.plane }),
    depth: o.depth ?? volume.depth,
    channel: o.channel ?? volume.channel,
    image: o.image ?? volume.image,
  };
}

async function inputsOf(path: string, volume: Work['volume']): Promise<Input[]> {
  const at = await stat(path).catch(() => null);
  if (!at) throw new DatasetError(`${path}: there is no such file or folder`);
  if (at.isDirectory()) return folderInputs(await diskFolder(path), volume);
  const blob = await openFile(path);
  const name = basename(path);
  if (!isVolumeName(name)) return [{ name, open: async () => ({ image: blob }) }];
  const beside = (other: string) => openFile(join(dirname(path), other)).catch(() => null);
  return [
    {
      name,
      async open() {
        const file = await openVolume(blob, name, beside);
        return { volume: finiteVolume(await file.read(volume.channel ?? undefined), name).volume };
      },
    },
  ];
}

async function folderInputs(folder: Folder, { image, channel }: Work['volume']): Promise<Input[]> {
  if (await holdsVolumes(folder)) {
    const set = await openVolumeFolder(folder, { unlabelled: true });
    return set.cases.map((c) => ({
      name: c.id,
      open: async () => ({ volume: (await set.load(c.id, { image, channel })).image }),
    }));
  }
  const pictures = (await folder.list()).filter((p) => /\.(png|jpe?g)$/i.test(p) && !/^(masks?|labels?)\//i.test(p));
  if (!pictures.length) throw new DatasetError(`${folder.name}: it holds neither images (PNG, JPEG) nor volumes`);
  return pictures.map((p) => ({ name: p, open: async () => ({ image: await folder.open(p) }) }));
}

async function predictOne(w: Work, { name, open }: Input): Promise<Predicted> {
  const opened = await open();
  const asked = w.prompts(name);
  try {
    return 'volume' in opened
      ? await ofVolume(w, name, opened.volume, asked)
      : await ofImage(w, name, opened.image, asked);
  } catch (e) {
    if (e instanceof Error && !e.message.includes(name)) e.message = `${name}: ${e.message}`;
    throw e;
  }
}

async function ofImage(w: Work, name: string, blob: Blob, asked: ReturnType<PromptsFor>): Promise<Predicted> {
  const image = toRgb8(await decodeImage(blob, name));
  const found = await predictImage(image, w.side, asked, w.predict);
  const labels = labelsFromLogits(found);
  // One object is what drawing programs write for "here"; several are told apart by number.
  const only = found.length === 1 ? 255 : 0;
  const data = only ? labels.map((v) => (v ? only : 0)) : labels;
  const mask = join(w.o.out, name.replace(/\.[^./]*$/, '.png'));
  await writeWhole(
    mask,
    encodePng({ width: image.width, height: image.height, channels: 1, data: data as Uint8Array }),
  );
  return { file: name, mask, objects: counted(found, labels, only) };
}

async function ofVolume(w: Work, name: string, volume: Volume, asked: ReturnType<PromptsFor>): Promise<Predicted> {
  const { plane, window, spacing, depth, overlap } = w.volume;
  const prepared = prepareVolume(name, volume, { side: w.side, plane, window, ...(spacing ? { spacing } : {}) });
  let bar: Progress | null = null;
  const found = await predictVolume(prepared, asked, { depth, overlap }, w.predict, (done, total) => {
    bar ??= progressBar(name, total, w.host.log);
    bar.show(done);
    if (done === total) bar.end();
  });
  const labels = labelsFromLogits(found);
  const stem = name.replace(/\.gz$/i, '').replace(/\.(nii|nrrd|nhdr|mha|mhd|hdr)$/i, '');
  const mask = join(w.o.out, `${stem}_mask.nii.gz`);
  await writeWhole(mask, await writeNifti(maskVolume(volume, labels), { gzip: true }));
  return { file: name, mask, objects: counted(found, labels, 0) };
}

function counted(found: readonly Found[], labels: ArrayLike<number>, only: number): Predicted['objects'] {
  return found.map(({ name, value, score }) => {
    let voxels = 0;
    for (let i = 0; i < labels.length; i++) if (labels[i] === value) voxels++;
    return { name, value: only || value, score, voxels };
  });
}
