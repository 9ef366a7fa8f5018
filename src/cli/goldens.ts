import { readdir, readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { deviceName, openGpu } from '../gpu/device';
import { showClosing } from '../train/goldens/showResult';
import { type CaseFolder, caseNames, goldenFiles } from './goldenFiles';
import { runVariants, showVariants } from './goldenVariants';

const HELP = `goldens [DIR] [--only TEXT] [--variants LIST] [--json]

Compares this engine with reference numbers. DIR holds one folder per case (default: $GOLDENS_DIR, else ../shared/goldens).
Each case is built from the class and configuration in its case.json. Prints the worst ratio error/tolerance per case;
a ratio above 1 fails. Cases of a kind that is not known here are named and never count as passed.
  --only TEXT   only cases whose name contains TEXT
  --variants LIST  how the cases are computed, each twice, bit for bit the same: names with commas of default, software, gpu, unfused, remat, composed,
                recomputed, flash (attention), mixed, packed16, f16 (training steps in 16 bits, tolerances derived from their
                roundings), 'kernel NAME' (every op that offers a kernel of that name takes it), or all: those and every
                kernel that any case's ops offer here. Ends with a line per variant
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
  readonly variants: string;
}

function parse(argv: readonly string[]): Options {
  let dir = process.env.GOLDENS_DIR || '../shared/goldens';
  let only = '';
  let json = false;
  let variants = 'default';
  for (let i = 0; i < argv.length; i++) {
    const a = argv[i];
    if (a === '--json') json = true;
    else if (a === '--only' && argv[i + 1]) only = argv[++i];
    else if (a === '--variants' && argv[i + 1]) variants = argv[++i];
    else if (a.startsWith('-')) throw new Error(`goldens: there is no option ${a}\n${HELP}`);
    else dir = a;
  }
  return { dir, only, json, variants };
}

/** `npm run goldens -- [DIR]`. Exit code 1 when a case failed or there was none, else 0. */
export async function run(argv: readonly string[]): Promise<number> {
  if (argv.includes('--help') || argv.includes('-h')) {
    console.log(HELP);
    return 0;
  }
  const { dir, only, json, variants } = parse(argv);
  const folder = diskFolder(dir);
  const names = (await caseNames(folder)).filter((n) => n.includes(only));
  if (!names.length) throw new Error(`goldens: no case in ${dir}; expected folders with a case.json`);
  const gpu = await openGpu();
  const say = (text: string) => {
    if (!json) console.log(text);
  };
  say(`${names.length} cases on ${deviceName(gpu.caps)}`);
  const cases = names.map((name) => goldenFiles(folder, name));
  const table = await runVariants(gpu, cases, variants, say);
  const all = table.flatMap((t) => t.results);
  if (json) console.log(JSON.stringify(table.length > 1 ? table : all, null, 1));
  else say(`\n${table.length > 1 ? showVariants(table) : showClosing(all)}`);
  gpu.destroy();
  return all.some((r) => r.state === 'failed') ? 1 : 0;
}
