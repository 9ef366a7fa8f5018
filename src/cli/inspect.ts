import { basename, dirname, join } from 'node:path';
import { describeFile, type FileReport } from '../data/fileReport';
import { openAny } from '../data/openAny';
import { openFile } from './files';
import { UsageError } from './flags';
import { showReport } from './inspectText';

const HELP = `inspect FILE... [--json] [--keys]

Says what files are: images (PNG, JPEG), volumes and checkpoints (safetensors, .pth). Of images and volumes: shape, type,
spacing, affine, orientation, range and mean; of checkpoints: tensors, parameters, wrapper, the base they fit and the
adapters in them. Files are told by their content, then by their name; nothing in them is ever run.
  --json   one JSON array of all files (numbers in full; a file that cannot be read has an "error")
  --keys   every tensor of a checkpoint
Exit code: 0, 1 if a file could not be read, 2 if the command line was wrong.`;

/** One file's report, or why there is none. */
type Result = FileReport | { readonly path: string; readonly error: string };

async function inspectFile(path: string): Promise<Result> {
  try {
    const blob = await openFile(path);
    const beside = (name: string) => openFile(join(dirname(path), name)).catch(() => null);
    return await describeFile(await openAny(blob, basename(path), beside), path, blob.size);
  } catch (e) {
    return { path, error: e instanceof Error ? e.message : String(e) };
  }
}

/** JSON knows no NaN: it becomes null. */
const asJson = (results: readonly Result[]) => JSON.stringify(results, null, 1);

/** `inspect FILE...`: see HELP. */
export async function run(argv: readonly string[]): Promise<number> {
  if (argv.includes('--help') || argv.includes('-h')) {
    console.log(HELP);
    return 0;
  }
  const paths = argv.filter((a) => !a.startsWith('-'));
  const wrong = argv.find((a) => a.startsWith('-') && !['--json', '--keys'].includes(a));
  try {
    if (wrong) throw new UsageError(`inspect: there is no flag ${wrong}; there are --json, --keys`);
    if (!paths.length) throw new UsageError('inspect: give at least one file');
  } catch (e) {
    console.error(`${(e as Error).message}\n\n${HELP}`);
    return 2;
  }
  const results: Result[] = [];
  for (const path of paths) {
    const result = await inspectFile(path);
    results.push(result);
    if (argv.includes('--json')) continue;
    if ('error' in result) console.error(`${path}\n  cannot be read: ${result.error}`);
    else console.log(showReport(result, argv.includes('--keys')));
  }
  if (argv.includes('--json')) console.log(asJson(results));
  return results.some((r) => 'error' in r) ? 1 : 0;
}
