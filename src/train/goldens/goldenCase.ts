import type { Gpu } from '../../gpu/device';
import type { Params } from '../../nn/params';
import type { LoadOptions, TensorSource } from '../../nn/paramsIo';
import { loadParams, uploadParams } from '../../nn/paramsIo';
import { permute } from '../../ops/view';
import { constant, type Tensor } from '../../tensor/tensor';
import type { Stats } from './check';
import { type GoldenArray, type GoldenFiles, type GoldenTensorFile, goldenArray } from './files';
import { compileCase, type How } from './how';

/**
 * Everything of a case in memory: the description, inputs and expected results by name, weights still in their file.
 */
export interface GoldenCase {
  readonly files: GoldenFiles;
  readonly info: CaseInfo;
  /** Tensors whose names begin with `in.`, without that. */
  readonly inputs: ReadonlyMap<string, GoldenArray>;
  readonly expected: ReadonlyMap<string, GoldenArray>;
  readonly weights: GoldenTensorFile | null;
  readonly how: How;
}

/** `case.json`. Everything in it is read with care: the runner knows kinds, not cases. */
export interface CaseInfo {
  readonly upstream_class?: string;
  readonly reference_class?: string;
  readonly config?: Config;
  readonly args?: Config;
  readonly adapters?: Config;
  readonly stats?: Stats;
  readonly weights_file?: string;
  readonly [key: string]: unknown;
}

/** A configuration object of upstream's. */
export type Config = Readonly<Record<string, unknown>>;

/** Results by the names that the case gives them. */
export type Computed = Map<string, Float32Array>;

/** Reads a case's folder. Throws when case.json is missing or no object. */
export async function openCase(files: GoldenFiles, how: How = {}): Promise<GoldenCase> {
  const info = JSON.parse(await files.text('case.json')) as CaseInfo;
  if (typeof info !== 'object' || info === null) throw new Error(`${files.name}: case.json holds no object`);
  const names = await files.list();
  const io = names.includes('io.safetensors') ? await files.open('io.safetensors') : null;
  const inputs = new Map<string, GoldenArray>();
  const expected = new Map<string, GoldenArray>();
  for (const [name, t] of io?.entries ?? []) {
    if (name.startsWith('in.')) inputs.set(name.slice(3), await goldenArray(t));
    else expected.set(name, await goldenArray(t));
  }
  const weightsFile = info.weights_file ?? (names.includes('weights.safetensors') ? 'weights.safetensors' : null);
  return { files, info, inputs, expected, weights: weightsFile ? await files.open(weightsFile) : null, how };
}

/**
 * The input called `name` as a constant. Encodings: `NAME_u8` holds code/64 − 2, but `image_u8` and `volume_u8`
 * code/255, `label_u8` and `mask_u8` the code itself.
 */
export function inputTensor(c: GoldenCase, name: string): Tensor {
  const t = decoded(c, name);
  if (!t) throw new Error(`${c.files.name}: io.safetensors has no in.${name}`);
  return constant(t.data, t.shape, `in.${name}`);
}

/** The input decoded, or null when the case has none of that name. */
export function decoded(c: GoldenCase, name: string): GoldenArray | null {
  const plain = c.inputs.get(name);
  if (plain) return plain;
  const codes = c.inputs.get(`${name}_u8`);
  if (!codes) return null;
  if (/(^|\.)(label|mask)$/.test(name)) return codes;
  const image = /(^|\.)(image|volume)$/.test(name);
  return { ...codes, dtype: 'F32', data: codes.data.map((v) => (image ? v / 255 : v / 64 - 2)) };
}

/** Loads the case's weights (strictly) and uploads all parameters. `rename` maps a parameter's name to the file's. */
export async function loadWeights(
  c: GoldenCase,
  gpu: Gpu,
  params: Params,
  options: LoadOptions & { rename?: (name: string) => string } = {},
): Promise<void> {
  if (!c.weights) throw new Error(`${c.files.name}: the case has no weights`);
  loadParams(params, weightSource(c.weights, params, options.rename ?? ((n) => n)), options);
  await uploadParams(params, gpu);
}

function weightSource(file: GoldenTensorFile, params: Params, rename: (name: string) => string): TensorSource {
  const own = new Map(params.all().map((p) => [rename(p.name), p.name]));
  const entry = (name: string) => file.entries.get(rename(name));
  return {
    names: () => [...file.entries.keys()].map((n) => own.get(n) ?? n),
    has: (name) => entry(name) !== undefined,
    // A single number may be stored with or without an axis.
    shape: (name) => (entry(name)!.shape.length === 0 ? [1] : entry(name)!.shape),
    read: async (name) => (await goldenArray(entry(name)!)).data,
  };
}

/** Compiles a graph, runs it once and reads all its results. */
export async function runGraph(
  gpu: Gpu,
  c: GoldenCase,
  build: () => Readonly<Record<string, Tensor>>,
): Promise<Computed> {
  const step = await compileCase(gpu, c, () => ({ outputs: build() }));
  try {
    step.run();
    const out: Computed = new Map();
    for (const name of step.plan.outputs.keys()) out.set(name, await step.read(name));
    return out;
  } finally {
    step.destroy();
  }
}

/** The captured activations that the case expects, under `prefix` + path. */
export function wantedActs(c: GoldenCase, acts: ReadonlyMap<string, Tensor>, prefix = 'act.'): Record<string, Tensor> {
  const wanted = [...acts].filter(([path]) => c.expected.has(prefix + path));
  return Object.fromEntries(wanted.map(([path, t]) => [prefix + path, t]));
}

/** The same activations with patch embeddings as EfficientSAM has them, channels before rows. */
export function mapsFirst(acts: ReadonlyMap<string, Tensor>): Map<string, Tensor> {
  return new Map([...acts].map(([path, t]) => [path, path.endsWith('.patch_embed') ? permute(t, [0, 3, 1, 2]) : t]));
}

/** Names of the expected gradients of parameters: `grad.KEY` as KEY. */
export function gradKeys(c: GoldenCase): string[] {
  return [...c.expected.keys()].filter((n) => n.startsWith('grad.')).map((n) => n.slice(5));
}
