/**
 * The options of the page as schemas with every default written out: a run (what is trained, on what, how) and the view.
 * Panel, engine and records all take them from here. Pure data; no DOM, no GPU.
 */
import * as v from 'valibot';
import { type Phantom3dModality, phantom3dModalities } from '../data/phantom3d';
import { phantomClasses } from '../data/phantomObjects';
import { phantomSource } from '../data/phantomSource';
import type { phantomModalities } from '../data/phantoms';
import { type ExperimentConfig, resolveConfig } from '../train/experiment/config';
import { merge } from '../train/experiment/merge';
import type { Json } from '../train/experiment/overrides';

/** Kinds of embedded images. */
export type Modality = (typeof phantomModalities)[number];

/** Kinds of embedded samples: images and volumes. */
export type SampleModality = Modality | Phantom3dModality;

/** Whether samples of this kind are volumes. */
export const isVolumeSample = (m: SampleModality): m is Phantom3dModality =>
  (phantom3dModalities as readonly string[]).includes(m);

/** What is trained, on what, how, and from where on. */
export interface RunConfig {
  /** The same that the command line runs; `data.source` is phantoms or phantom-3d (with a level, perhaps), labels or folder. */
  readonly experiment: ExperimentConfig;
  /** The run whose adapter this one begins with; null: a fresh adapter on the base. */
  readonly from: string | null;
}

/** Where training images come from. */
export const SOURCES = ['phantoms', 'phantom-3d', 'labels', 'folder'] as const;

/** What differs on the page from the experiment's own defaults: short runs on one kind of image, a few measurements on the way. */
const DEFAULTS: Json = {
  data: { classes: [...phantomClasses('fundus')] },
  train: { steps: 60 },
  eval: { surfaces: false },
  output: { overlays: 4 },
};

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
  /** A click corrects the mask that those before it gave, instead of starting anew. For bases trained with mask prompts. */
  refine: v.optional(v.boolean(), false),
  /** Shows what a click would give while the pointer moves. */
  hover: v.optional(v.boolean(), true),
  /** Colours of the page. */
  theme: v.optional(v.picklist(['system', 'dark', 'light']), 'system'),
});

/** Checked view options. */
export type ViewConfig = v.InferOutput<typeof viewSchema>;

/** What a person may leave out. */
export interface RunInput {
  readonly experiment?: Json;
  readonly from?: string | null;
}

/** A complete run configuration. Throws, naming the field, when a value makes no sense. */
export function parseRun({ experiment = {}, from = null }: RunInput = {}): RunConfig {
  return { experiment: resolveConfig(merge(DEFAULTS, experiment)), from };
}

/** `config` with a change; what is not in it stays. */
export function changedRun(config: RunConfig, change: RunInput): RunInput {
  const now = config.experiment as unknown as Json;
  return { from: config.from, ...change, experiment: merge(now, change.experiment ?? {}) };
}

/** What is known only when a run begins. */
export interface RunStart {
  readonly base?: string;
  /** Cases that must validate; null: by chance. */
  readonly val?: readonly string[] | null;
  /** Of the run whose adapter it begins with: it is then the same adapter. */
  readonly parent?: RunConfig | null;
}

/**
 * `config`, checked, with what is known when it begins. A run of the page holds no cases back: whoever watches it ends it when they like,
 * and its best step is kept anyway.
 */
export function completeRun(config: RunConfig, { base, val, parent }: RunStart = {}): RunConfig {
  const { adapters, trainable } = (parent ?? config).experiment;
  const split: Json = val ? { by: 'list', val } : {};
  const all: Json = { data: { split, validation: 0 }, train: { patience: null } };
  const more = { adapters, trainable, ...(base ? { base } : {}), ...all } as unknown as Json;
  return parseRun(changedRun(config, { experiment: more }));
}

/** Adapters that join the slices of a volume. */
const DEPTH_ADAPTERS = ['sdTrans'];

/**
 * Whether a run trains on slabs of volumes, not on single images. A folder says it itself; slices of labelled volumes are images unless an
 * adapter joins them.
 */
export function trainsVolumes(
  { experiment: { data, adapters } }: RunConfig,
  folder: { readonly volumes: boolean } | null = null,
): boolean {
  const made = phantomSource(data.source);
  if (made) return made.set === 'phantom-3d';
  if (data.source === 'folder' && folder) return folder.volumes;
  return adapters.some((a) => DEPTH_ADAPTERS.includes(a.name));
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
const cap = v.optional(v.nullable(v.pipe(v.number(), v.integer(), v.minValue(1))), null);

/** What the panel shows of a run's data; checked by the experiment's own schema. */
export const dataOptions = v.strictObject({ maxTrain: cap, maxVal: cap });

/** What it shows of volumes. */
export const volumeOptions = v.strictObject({
  depth: v.optional(v.pipe(v.number(), v.integer(), v.minValue(1), v.maxValue(256)), 8),
});
