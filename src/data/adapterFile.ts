// Adapter-only checkpoints as they are written: a folder as peft lays it out, with adapter_model.safetensors,
// adapter_config.json and a model card (README.md). The safetensors file carries the configuration, too, so that it can
// travel alone. Opening is adapterOpen.ts's business.
import * as v from 'valibot';
import { CheckpointError, wordsOf } from './errors';
import { type TensorToWrite, writeSafetensors } from './safetensors';
import type { TensorFile } from './tensorFile';

/** What `format` says in every adapter file. */
export const adapterFormat = 'medsa-lab-adapter';
const version = 1;
/** Names of the files of an adapter folder. */
export const ADAPTER_FILES = {
  weights: 'adapter_model.safetensors',
  config: 'adapter_config.json',
  card: 'README.md',
} as const;

const infoSchema = v.looseObject({
  format: v.literal(adapterFormat),
  version: v.pipe(v.number(), v.integer(), v.minValue(1)),
  base: v.looseObject({
    name: v.string(),
    fingerprint: v.optional(v.string()),
    width: v.optional(v.number()),
    depth: v.optional(v.number()),
    release: v.optional(v.boolean()),
  }),
  adapters: v.array(v.object({ name: v.string(), config: v.record(v.string(), v.unknown()), pattern: v.string() })),
  parameters: v.optional(v.object({ trained: v.number(), total: v.number() })),
  training: v.optional(v.record(v.string(), v.unknown())),
  scores: v.optional(
    v.array(v.object({ className: v.string(), n: v.number(), before: v.number(), after: v.number() })),
  ),
});

/** The frozen base of an adapter. */
export interface BaseInfo {
  /** Its configuration's name; `unknown` where only its sizes are known. */
  readonly name: string;
  /** A checksum of its weights, where known. */
  readonly fingerprint?: string;
  /** Width of the encoder's tokens. */
  readonly width?: number;
  /** Blocks of the encoder. */
  readonly depth?: number;
  /** It is built as in the published code (`releaseConfig`). */
  readonly release?: boolean;
}

/** What an adapter belongs to and how it was made. Further fields are kept. */
export interface AdapterInfo {
  /** The frozen base. */
  readonly base: BaseInfo;
  /** What to attach, and where, in this order: kind, its configuration, the path pattern. */
  readonly adapters: readonly {
    readonly name: string;
    readonly config: Readonly<Record<string, unknown>>;
    readonly pattern: string;
  }[];
  /** Numbers of trained parameters and of all (base and adapters). */
  readonly parameters?: { readonly trained: number; readonly total: number };
  /** Plain JSON: data, prompt, loss, steps, seed and the like. */
  readonly training?: Readonly<Record<string, unknown>>;
  /** Dice on the validation cases before and after, by class. */
  readonly scores?: readonly {
    readonly className: string;
    readonly n: number;
    readonly before: number;
    readonly after: number;
  }[];
}

/** An adapter that has been opened: its tensors have not been read. */
export interface AdapterFile {
  readonly info: AdapterInfo;
  readonly file: TensorFile;
}

const percent = (part: number, whole: number) => `${((100 * part) / whole).toFixed(2)} %`;
const cell = (value: unknown) =>
  (typeof value === 'object' ? JSON.stringify(value) : String(value)).replace(/[|\n]/g, ' ');

/** The model card: Markdown text that says what the adapter is, how it was made and how it scored. */
export function adapterCard(info: AdapterInfo): string {
  const { base, adapters, parameters: p, training, scores } = info;
  const sizes = base.width ? `width ${base.width}${base.depth ? `, ${base.depth} blocks` : ''}` : '';
  const title = base.name === 'unknown' && sizes ? `a base of ${sizes}` : base.name;
  const lines = [
    `# Adapter for ${title}`,
    '',
    'Made with medsa-lab. It holds the adapter alone; the base model is needed beside it.',
    '',
  ];
  lines.push(...adapters.map((a) => `- ${a.name} at \`${a.pattern}\`: \`${JSON.stringify(a.config)}\``));
  const mode = base.release ? ', built as in the published code' : '';
  lines.push(`- base: ${title}${base.fingerprint ? ` (${base.fingerprint})` : ''}${mode}`);
  if (p) lines.push(`- trained parameters: ${p.trained} of ${p.total} (${percent(p.trained, p.total)})`);
  if (training) {
    lines.push('', '## Training', '', '| | |', '| --- | --- |');
    lines.push(...Object.entries(training).map(([key, value]) => `| ${cell(key)} | ${cell(value)} |`));
  }
  if (scores?.length) {
    lines.push(
      '',
      '## Dice on the validation cases',
      '',
      '| class | n | before | after |',
      '| --- | ---: | ---: | ---: |',
    );
    lines.push(
      ...scores.map((s) => `| ${cell(s.className)} | ${s.n} | ${s.before.toFixed(4)} | ${s.after.toFixed(4)} |`),
    );
  }
  lines.push('', '## Limits', '', 'For research. Not a medical device; not tested for diagnosis or treatment.', '');
  return lines.join('\n');
}

/** The text of adapter_config.json: what a file says of its adapter, with format and version. */
export const adapterConfigText = (info: AdapterInfo): string =>
  JSON.stringify({ format: adapterFormat, version, ...info }, null, 2);

/** The files of an adapter folder by name: weights, configuration, model card. Equal input gives equal bytes. */
export function writeAdapter(tensors: Iterable<TensorToWrite>, info: AdapterInfo): Map<string, Blob> {
  const config = adapterConfigText(info);
  return new Map([
    [ADAPTER_FILES.weights, writeSafetensors(tensors, { format: adapterFormat, config })],
    [ADAPTER_FILES.config, new Blob([`${config}\n`])],
    [ADAPTER_FILES.card, new Blob([adapterCard(info)])],
  ]);
}

/** The configuration of an adapter from its JSON text; `CheckpointError` names the field that is wrong. */
export function parseAdapterInfo(text: string, where: string): AdapterInfo {
  let raw: unknown;
  try {
    raw = JSON.parse(text);
  } catch (error) {
    throw new CheckpointError(
      `${where}: its configuration is no JSON (${wordsOf(error)}) — the file is damaged; get it again`,
      { cause: error },
    );
  }
  const parsed = v.safeParse(infoSchema, raw);
  if (!parsed.success) {
    const issue = parsed.issues[0];
    throw new CheckpointError(
      `${where}: no adapter of this project, field ${v.getDotPath(issue) ?? '(all)'}: ${issue.message}`,
    );
  }
  if (parsed.output.version > version) {
    throw new CheckpointError(
      `${where}: written by a newer release (version ${parsed.output.version}, known is ${version}) — update medsa-lab`,
    );
  }
  const { format: _format, version: _version, ...info } = parsed.output;
  return info;
}

/** `CheckpointError` unless the adapter was made for this base (and, where both are known, for these very weights). */
export function checkAdapterBase(info: AdapterInfo, base: AdapterInfo['base'], name = 'the adapter'): void {
  const other =
    (info.base.name !== 'unknown' && info.base.name !== base.name) ||
    (info.base.fingerprint && base.fingerprint && info.base.fingerprint !== base.fingerprint);
  if (!other) return;
  const show = (b: AdapterInfo['base']) => (b.fingerprint ? `${b.name} (${b.fingerprint})` : b.name);
  throw new CheckpointError(
    `${name}: it was trained on ${show(info.base)}, the loaded base is ${show(base)} — load that base`,
  );
}
