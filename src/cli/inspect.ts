import { readdir, stat } from 'node:fs/promises';
import { basename, dirname, join } from 'node:path';
import { ADAPTER_WEIGHTS } from '../data/adapterOpen';
import { startsWith } from '../data/bytes';
import { type NamedBlob, openDicom } from '../data/dicom';
import { dicomSeries } from '../data/dicomSeries';
import { wordsOf } from '../data/errors';
import { describeFile, type FileReport } from '../data/fileReport';
import { openAny } from '../data/openAny';
import { openFile } from './files';
import { showReport } from './inspectText';

const HELP = `inspect FILE... [--json] [--keys] [--values]

Says what files are: images (PNG, JPEG), volumes and checkpoints (safetensors, .pth). Of images and volumes: shape, type,
spacing, affine, orientation, range and mean; of checkpoints: tensors, parameters, wrapper, the base they fit and the
adapters in them; a folder stands for the adapter or the DICOM series in it. Files are told by their content, then by
their name; nothing in them is ever run.
  --json   one JSON array of all files (numbers in full; a file that cannot be read has an "error")
  --keys   every tensor of a checkpoint
  --values range and mean of a checkpoint's numbers, and tensors with NaN (reads all of it)
Exit code: 0, 1 if a file could not be read, 2 if the command line was wrong.`;

const SWITCHES = ['--json', '--keys', '--values'];

/** One file's report, or why there is none. */
type Result = FileReport | { readonly path: string; readonly error: string };

async function inspectFile(path: string, numbers: boolean): Promise<Result> {
  try {
    const blob = await openFile(path);
    const beside = (name: string) => openFile(join(dirname(path), name)).catch(() => null);
    return await describeFile(await openAny(blob, basename(path), beside), path, blob.size, { numbers });
  } catch (e) {
    return { path, error: wordsOf(e) };
  }
}

/** A folder stands for the adapter in it, or for the DICOM series in it, each of which is one volume. */
async function inspectFolder(path: string, numbers: boolean): Promise<Result[]> {
  const names = (await readdir(path)).sort();
  const weights = ADAPTER_WEIGHTS.find((n) => names.includes(n));
  if (weights) return [await inspectFile(join(path, weights), numbers)];
  const files: NamedBlob[] = [];
  for (const name of names) {
    const blob = await openFile(join(path, name)).catch(() => null);
    if (blob && startsWith(new Uint8Array(await blob.slice(0, 132).arrayBuffer()), 'DICM', 128))
      files.push({ name, blob });
  }
  const error = `${path}: it is a folder without an adapter or DICOM files in it — name the files (${path}/*)`;
  if (!files.length) return [{ path, error }];
  const results: Result[] = [];
  for (const group of await dicomSeries(files)) results.push(await inspectSeries(path, group));
  return results;
}

async function inspectSeries(path: string, group: readonly NamedBlob[]): Promise<Result> {
  try {
    const volume = await openDicom(group, { gaps: 'longest' });
    const bytes = group.reduce((sum, f) => sum + f.blob.size, 0);
    return await describeFile({ kind: 'volume', volume }, group.length > 1 ? path : join(path, group[0].name), bytes);
  } catch (e) {
    return { path: join(path, group[0].name), error: wordsOf(e) };
  }
}

const inspectPath = async (path: string, numbers: boolean): Promise<Result[]> =>
  (await stat(path).catch(() => null))?.isDirectory()
    ? inspectFolder(path, numbers)
    : [await inspectFile(path, numbers)];

/** `inspect FILE...`: see HELP. */
export async function run(argv: readonly string[]): Promise<number> {
  if (argv.includes('--help') || argv.includes('-h')) {
    console.log(HELP);
    return 0;
  }
  const paths = argv.filter((a) => !a.startsWith('-'));
  const wrong = argv.find((a) => a.startsWith('-') && !SWITCHES.includes(a));
  if (wrong || !paths.length) {
    const what = wrong ? `there is no flag ${wrong}; there are ${SWITCHES.join(', ')}` : 'give at least one file';
    console.error(`inspect: ${what}\n\n${HELP}`);
    return 2;
  }
  const json = argv.includes('--json');
  const results: Result[] = [];
  for (const path of paths) {
    for (const result of await inspectPath(path, argv.includes('--values'))) {
      results.push(result);
      if (json) continue;
      if ('error' in result) console.error(`${result.path}\n  cannot be read: ${result.error}`);
      else console.log(showReport(result, argv.includes('--keys')));
    }
  }
  // JSON knows no NaN: it becomes null.
  if (json) console.log(JSON.stringify(results, null, 1));
  return results.some((r) => 'error' in r) ? 1 : 0;
}
