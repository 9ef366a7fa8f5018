import { readdir, readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { deviceName, openGpu } from '../gpu/device';
import { type CaseResult, runGoldenCase } from '../train/goldens/runGoldenCase';
import { RESULT_HEADING, showClosing, showResult } from '../train/goldens/showResult';
import { type CaseFolder, caseNames, goldenFiles } from './goldenFiles';

const HELP = `goldens [DIR] [--only TEXT] [--json]

Compares this engine with reference numbers. DIR holds one folder per case (default: $GOLDENS_DIR, else ../shared/goldens).
Each case is built from the class and configuration in its case.json. Prints the worst ratio error/tolerance per case;
a ratio above 1 fails. Cases of a kind that is not known here are named and never count as passed.
  --only TEXT   only cases whose name contains TEXT
  --json        results as JSON`;

/** The folder of cases on disk. */
function diskFolder(dir: string): CaseFolder {
  return {
    async list(path) {
      const entries = await readdir(join(dir, path), { withFileTypes: true });
      return entries.map((e) => (e.isDirectory() ? `${e.name}/` : e.name));
    },
    read: async (path) => new Uint8Array(await readFile(join(dir, path))),
  };
}

interface Options {
  readonly dir: string;
  readonly only: string;
  readonly json: boolean;
}

function parse(argv: readonly string[]): Options {
  let dir = process.env.GOLDENS_DIR || '../shared/goldens';
  let only = '';
  let json = false;
  for (let i = 0; i < argv.length; i++) {
    const a = argv[i];
    if (a === '--json') json = true;
    else if (a === '--only' && argv[i + 1]) only = argv[++i];
    else if (a.startsWith('-')) throw new Error(`goldens: there is no option ${a}\n${HELP}`);
    else dir = a;
  }
  return { dir, only, json };
}

/** `npm run goldens -- [DIR]`. Exit code 1 when a case failed or there was none, else 0. */
export async function run(argv: readonly string[]): Promise<number> {
  if (argv.includes('--help') || argv.includes('-h')) {
    console.log(HELP);
    return 0;
  }
  const { dir, only, json } = parse(argv);
  const folder = diskFolder(dir);
  const names = (await caseNames(folder)).filter((n) => n.includes(only));
  if (!names.length) throw new Error(`goldens: no case in ${dir}; expected folders with a case.json`);
  const gpu = await openGpu();
  if (!json) console.log(`${names.length} cases on ${deviceName(gpu.caps)}\n${RESULT_HEADING}`);
  const results: CaseResult[] = [];
  for (const name of names) {
    const result = await runGoldenCase(gpu, goldenFiles(folder, name));
    results.push(result);
    if (!json) console.log(showResult(result));
  }
  console.log(json ? JSON.stringify(results, null, 1) : `\n${showClosing(results)}`);
  gpu.destroy();
  return results.some((r) => r.state === 'failed') ? 1 : 0;
}
