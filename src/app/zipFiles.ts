/** Zips among the files that a person gives: all that this page saved of a case, a study, or an adapter, which others open. */
import { startsWith } from '../data/bytes';
import { unzip } from './engine/unzip';

type Named = Blob & { readonly name: string };

/** Most bytes that a zip of images may unpack to. */
const MAX_UNPACKED = 2 ** 30;

const isZip = ({ name }: { readonly name: string }): boolean => /\.zip$/i.test(name);

const baseName = (path: string): string => path.replace(/^.*[/\\]/, '');

/** Whether a file is a zip without weights: not an adapter or a run. What cannot be read is none, either. */
export async function isZipOfImages(file: Named): Promise<boolean> {
  if (!isZip(file)) return false;
  try {
    const inside = await unzip(file, file.name);
    return ![...inside.keys()].some((path) => /\.(safetensors|pth|pt|bin)$|(^|\/)data\.pkl$/i.test(path));
  } catch {
    return true;
  }
}

/** The files, and in the place of each zip those in it that are wanted. `refuse` is told of zips that cannot be read. */
export async function withoutZips(
  files: readonly Named[],
  refuse: (name: string, error: unknown) => void,
): Promise<readonly Named[]> {
  const out: Named[] = [];
  for (const file of files) {
    if (!isZip(file) || !startsWith(new Uint8Array(await file.slice(0, 2).arrayBuffer()), 'PK')) {
      out.push(file);
      continue;
    }
    try {
      out.push(...(await filesIn(file)));
    } catch (error) {
      refuse(file.name, error);
    }
  }
  return out;
}

async function filesIn(zip: Named): Promise<Named[]> {
  const inside = await unzip(zip, zip.name, { most: MAX_UNPACKED });
  const wanted = withoutCopies([...inside.keys()]);
  const out: Named[] = [];
  for (const [path, read] of inside) {
    if (wanted.has(path)) out.push(new File([await read()], baseName(path)));
  }
  if (!out.length) throw new Error(`${zip.name}: there is no file in it`);
  return out;
}

/** A session holds all that the masks beside it hold, and more: they would come a second and a third time. */
function withoutCopies(paths: readonly string[]): ReadonlySet<string> {
  const stems = paths.flatMap((p) => (/\.session\.json$/i.test(p) ? [p.replace(/session\.json$/i, '')] : []));
  const isCopy = (path: string) =>
    stems.some((dotted) => {
      const stem = `${dotted.slice(0, -1)}-`;
      const end = path.slice(stem.length);
      return path.startsWith(stem) && /^(mask|coco|labels|\d+-.*)\.(png|nii\.gz|json|tsv)$/i.test(end);
    });
  return new Set(paths.filter((p) => !isCopy(p)));
}
