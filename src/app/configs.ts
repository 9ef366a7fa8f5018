/**
 * The options of the page as schemas with every default written out: a run (what is trained, on what, how) and the view.
 * Panel, engine and records all take them from here. Pure data; no DOM, no GPU.
 */
import * as v from 'valibot';
import type { AdapterKind, ConfigSchema } from '../adapters/adapter';
import { medsa } from '../adapters/medsa';
import { type Phantom3dModality, phantom3dModalities } from '../data/phantom3d';
import { phantomModalities } from '../data/phantoms';
import { LOSSES } from '../train/losses';
import { TRAIN_DEFAULTS } from '../train/trainConfig';

/** Kinds of embedded images. */
export type Modality = (typeof phantomModalities)[number];

/** Kinds of embedded samples: images and volumes. */
export type SampleModality = Modality | Phantom3dModality;

/** Whether samples of this kind are volumes. */
export const isVolumeSample = (m: SampleModality): m is Phantom3dModality =>
  (phantom3dModalities as readonly string[]).includes(m);

/** An adapter that the page offers: its kind, where it is attached, and the options that the panel shows. */
export interface AdapterChoice {
  readonly kind: AdapterKind<ConfigSchema>;
  readonly pattern: string;
  readonly label: string;
  readonly shown: readonly string[];
}

/** The adapters by name. `release` of Med-SA is left out: it needs a base built otherwise. */
export const ADAPTERS: Readonly<Record<string, AdapterChoice>> = {
  medsa: {
    kind: medsa as unknown as AdapterKind<ConfigSchema>,
    pattern: 'image_encoder.blocks.*',
    label: 'Med-SA (paper)',
    shown: ['ratio', 'act', 'scale', 'learnScale', 'init', 'space', 'mlp'],
  },
};

const whole = (value: number, min: number, max: number) =>
  v.optional(v.pipe(v.number(), v.integer(), v.minValue(min), v.maxValue(max)), value);

/** A run. `options` are those of the adapter, checked by its own schema. */
export const runSchema = v.strictObject({
  adapter: v.optional(v.picklist(Object.keys(ADAPTERS)), 'medsa'),
  options: v.optional(v.record(v.string(), v.unknown()), {}),
  /** Which embedded images to train on. */
  data: v.optional(v.picklist([...phantomModalities, 'all']), 'fundus'),
  /** Training images of each modality. */
  images: whole(32, 1, 512),
  /** Images of each modality that are held out for the table. */
  heldOut: whole(8, 1, 64),
  prompt: v.optional(v.picklist(['point-1', 'center', 'point-3', 'box', 'box-0.75']), 'point-1'),
  steps: whole(60, 1, 10_000),
  lr: v.optional(v.pipe(v.number(), v.gtValue(0), v.maxValue(1)), TRAIN_DEFAULTS.lr),
  batch: whole(TRAIN_DEFAULTS.batch, 1, 32),
  loss: v.optional(v.picklist(LOSSES), TRAIN_DEFAULTS.loss),
  seed: whole(1, 0, 2 ** 31 - 1),
});

/** A checked run configuration, complete. */
export type RunConfig = v.InferOutput<typeof runSchema>;

/** How the canvas shows things. */
export const viewSchema = v.strictObject({
  /** Of the mask's colour over the image. */
  opacity: v.optional(v.pipe(v.number(), v.minValue(0), v.maxValue(1)), 0.45),
  outline: v.optional(v.boolean(), true),
  /** Lines in each plane of a volume where the others cut it. */
  crosshair: v.optional(v.boolean(), true),
  /** Outline of the true object, where the image is an embedded sample. */
  truth: v.optional(v.boolean(), false),
  /** SAM's single mask, its three candidates for an ambiguous prompt, or three for one click and one for more. */
  masks: v.optional(v.picklist(['auto', 'one', 'three']), 'auto'),
  /** A click corrects the mask that those before it gave, instead of starting anew. */
  refine: v.optional(v.boolean(), true),
  /** Shows what a click would give while the pointer moves. */
  hover: v.optional(v.boolean(), true),
  /** Colours of the page. */
  theme: v.optional(v.picklist(['system', 'dark', 'light']), 'system'),
});

/** Checked view options. */
export type ViewConfig = v.InferOutput<typeof viewSchema>;

/** Objects of each modality: label values that together are one thing to find. The optic disc contains the cup. */
export const OBJECTS: Readonly<
  Record<Modality, readonly { readonly name: string; readonly values: readonly number[] }[]>
> = {
  fundus: [
    { name: 'optic disc', values: [1, 2] },
    { name: 'optic cup', values: [2] },
  ],
  ultrasound: [{ name: 'nodule', values: [1] }],
  dermoscopy: [{ name: 'lesion', values: [1] }],
};

/** Modalities that `data` stands for. */
export function modalitiesOf(data: RunConfig['data']): readonly Modality[] {
  return data === 'all' ? phantomModalities : [data as Modality];
}

/** A complete run configuration. Throws, naming the field, when a value makes no sense. */
export function parseRun(config: unknown = {}): RunConfig {
  const run = parse(runSchema, config, 'run');
  return { ...run, options: { ...ADAPTERS[run.adapter].kind(run.options).config } };
}

/** Complete view options. Throws, naming the field, when a value makes no sense. */
export function parseView(config: unknown = {}): ViewConfig {
  return parse(viewSchema, config, 'view');
}

function parse<S extends v.GenericSchema>(schema: S, config: unknown, what: string): v.InferOutput<S> {
  const found = v.safeParse(schema, config);
  if (found.success) return found.output;
  const issues = found.issues.map((i) => `${v.getDotPath(i) ?? 'options'}: ${i.message}`);
  throw new Error(`${what} configuration: ${issues.join('; ')}`);
}
