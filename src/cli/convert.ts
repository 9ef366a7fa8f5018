import { existsSync } from 'node:fs';
import { stat } from 'node:fs/promises';
import { basename, join } from 'node:path';
import { isAdapterName } from '../data/adapterFind';
import { adapterOf } from '../data/adapterLayout';
import { openAdapterFolder } from '../data/adapterOpen';
import { FLOAT_DTYPES, type FloatDtype } from '../data/castTensor';
import { openCheckpoint } from '../data/checkpoint';
import { type ConvertOptions, type ConvertSource, planConversion } from '../data/convert';
import { CheckpointError } from '../data/errors';
import { formatReport, unwrapKeys } from '../data/keyMap';
import { NAMINGS, type Naming } from '../data/keyNames';
import { openBase } from './baseFile';
import { type CommandFlags, command } from './command';
import { mergeInto, tryOn } from './convertMerge';
import { conversionJson, conversionText } from './convertText';
import { diskFolder, openFile, writeParts } from './files';
import { type Flag, UsageError } from './flags';

const HELP = `convert IN OUT [flags]

Between checkpoint layouts. IN: safetensors or .pth (bare, in any wrapper, with module. prefixes), an adapter folder or a
run folder; adapters of this project, Med-SA's, LoRA of others. OUT: a .safetensors, a .pth, or a folder (adapters alone:
adapter_model.safetensors, adapter_config.json, README.md).
  --part all|base|adapters   what is taken (default: all there is)
  --names ${NAMINGS.join('|')}
                             names of the base's parameters (default: as they are)
  --dtype f32|f16|bf16       storage of floats (default: as it is)
  --wrap none|model|training what a .pth wraps the state dict in; training: as Med-SA's best_dice_checkpoint.pth
  --base NAME|FILE           the base that adapters are for: they are tried on it, strictly
  --merge                    fold the adapters into that base (or the one in IN) and write a plain base
  --loose                    with --base or --merge: leave out what does not fit instead of stopping
  --dry-run                  say what would be written
  --force                    write over an OUT that is there
  --json                     the report as JSON
Exit code: 0, 1 if it cannot be done, 2 if the command line was wrong.`;

const FLAGS = {
  part: { kind: 'text', choices: ['all', 'base', 'adapters'] },
  names: { kind: 'text', choices: NAMINGS },
  dtype: { kind: 'text', choices: FLOAT_DTYPES.map((d) => d.toLowerCase()) },
  wrap: { kind: 'text', choices: ['none', 'model', 'training'] },
  base: { kind: 'text' },
  merge: { kind: 'switch' },
  loose: { kind: 'switch' },
  'dry-run': { kind: 'switch' },
  force: { kind: 'switch' },
} as const satisfies Record<string, Flag>;

type Flags = CommandFlags<typeof FLAGS>;

/** `convert IN OUT`: see HELP. */
export function run(argv: readonly string[]): Promise<number> {
  const paths = argv.slice(0, Math.max(0, firstFlag(argv)));
  const body = (flags: Flags) => {
    const [from, to, more] = paths;
    if (!from || !to || more)
      throw new UsageError(`expected IN and OUT before the flags, got ${paths.join(' ') || 'none'}`);
    return convert(from, to, flags);
  };
  return command('convert', HELP, FLAGS, body)(argv.slice(paths.length));
}

const firstFlag = (argv: readonly string[]): number => {
  const at = argv.findIndex((a) => a.startsWith('--') || a === '-h');
  return at < 0 ? argv.length : at;
};

async function convert(from: string, to: string, flags: Flags): Promise<number> {
  const options = optionsOf(to, flags);
  const outputs = (await isFolder(to)) && options.to !== 'folder' ? [] : [to];
  if (!outputs.length) throw new UsageError(`${to} is a folder; name a file in it`);
  const source = await openSource(from);
  const notes: string[] = [];
  let ready = source;
  if (flags.merge) ready = await mergeInto(source, from, flags.base ?? null, flags.loose !== true);
  else if (flags.base) {
    if (!source.adapter) throw new CheckpointError(`--base: ${from} holds no adapter to try on it`);
    notes.push(
      `on ${flags.base}: ${formatReport(tryOn(await openBase(flags.base), source.adapter, from, flags.loose !== true))}`,
    );
  }
  const plan = planConversion(ready, options, from);
  const paths = new Map(Array.from(plan.files, ([name, parts]) => [name ? join(to, name) : to, parts] as const));
  const taken = [...paths.keys()].filter((p) => existsSync(p));
  if (taken.length && !flags.force && !flags['dry-run'])
    throw new CheckpointError(`${taken[0]} is there already — give another name, or --force to write over it`);
  if (!flags['dry-run']) for (const [path, parts] of paths) await writeParts(path, parts());
  const said = { from, attach: plan.adapters ? (ready.adapter?.info.adapters ?? []) : [], plan, notes };
  const done = { written: [...paths.keys()], dryRun: flags['dry-run'] === true };
  console.log(flags.json ? conversionJson(said, done) : conversionText(said, done));
  return 0;
}

async function isFolder(path: string): Promise<boolean> {
  return (await stat(path).catch(() => null))?.isDirectory() ?? false;
}

function optionsOf(to: string, flags: Flags): ConvertOptions {
  const kind = /\.safetensors$/i.test(to) ? 'safetensors' : /\.(pth|pt)$/i.test(to) ? 'pth' : 'folder';
  if (kind === 'folder' && /\.[a-z0-9]+$/i.test(basename(to)))
    throw new UsageError(`OUT ${to}: expected a .safetensors, a .pth or a folder`);
  if (flags.wrap && kind !== 'pth') throw new UsageError('--wrap is for a .pth');
  if (kind === 'folder' && flags.merge)
    throw new UsageError('--merge gives a base: write it to a .safetensors or a .pth');
  return {
    to: kind,
    part: (flags.part ?? 'all') as ConvertOptions['part'],
    names: (flags.names ?? null) as Naming | null,
    dtype: (flags.dtype?.toUpperCase() ?? null) as FloatDtype | null,
    wrap: (flags.wrap ?? 'none') as ConvertOptions['wrap'],
  };
}

/** Opens what is to be converted, and tells base and adapters apart. */
async function openSource(path: string): Promise<ConvertSource> {
  if (await isFolder(path)) {
    const adapter = await openAdapterFolder(await diskFolder(path));
    return { base: adapter.base?.entries ?? new Map(), adapter, order: [...adapter.file.entries.keys()], file: null };
  }
  const name = basename(path);
  const file = await openCheckpoint(await openFile(path), name);
  const { entries } = unwrapKeys(file);
  const order = [...entries.keys()];
  if (![...entries.keys()].some(isAdapterName)) return { base: entries, adapter: null, order, file };
  const adapter = adapterOf(file, name);
  return { base: adapter.base?.entries ?? new Map(), adapter, order, file };
}
