import type { AdapterGroup } from '../data/adapterFind';
import type { AttachReport } from '../data/adapterReport';
import { showSize } from '../data/bytes';
import type { BaseReport, CheckpointReport } from '../data/checkpointReport';
import type { FileReport, ImageReport, VolumeReport } from '../data/fileReport';
import type { TensorStats } from '../data/tensorStats';

/** What is known of a file as text for people: its path, then indented lines. */
export function showReport(r: FileReport, keys: boolean): string {
  return [`${r.path}  (${showSize(r.bytes)})`, ...linesOf(r, keys).map((l) => `  ${l}`)].join('\n');
}

function linesOf(r: FileReport, keys: boolean): string[] {
  if (r.kind === 'checkpoint') return checkpointLines(r, keys);
  return r.kind === 'volume' ? volumeLines(r) : imageLines(r);
}

const short = (n: number) => (Number.isInteger(n) ? String(n) : n.toPrecision(6));

const valueLine = (r: ImageReport | VolumeReport) =>
  `values ${short(r.scaled_min)} … ${short(r.scaled_max)}, mean ${short(r.scaled_mean)}${r.non_finite ? `; ${r.non_finite} are no finite number` : ''}`;

function volumeLines(r: VolumeReport): string[] {
  const scaled =
    r.scl_slope !== 1 || r.scl_inter !== 0 ? `, value = ${short(r.scl_slope)} · stored + ${short(r.scl_inter)}` : '';
  return [
    `volume, ${r.format}: ${r.shape.join(' × ')} voxels, ${r.datatype}, ${r.endian}-endian${scaled}`,
    `axes ${r.axes}, spacing ${r.spacing.map(short).join(' × ')} mm${r.channels > 1 ? `, ${r.channels} volumes` : ''}`,
    ...r.affine
      .slice(0, 3)
      .map((row, i) => `${i ? '      ' : 'affine'} [${row.map((v) => short(v).padStart(10)).join(' ')}]`),
    valueLine(r),
    ...r.notes.map((n) => `note: ${n}`),
  ];
}

function imageLines(r: ImageReport): string[] {
  const [height, width, channels] = r.shape;
  const lines = [
    `image, ${r.format.toUpperCase()}: ${width} × ${height} pixels, ${channels} channel${channels > 1 ? 's' : ''}, ${r.datatype}`,
    valueLine(r),
  ];
  if (r.codes) lines.push(`codes ${r.codes.join(', ')}`);
  return lines;
}

function checkpointLines(r: CheckpointReport, keys: boolean): string[] {
  const dtypes = Object.entries(r.dtypes).map(([d, n]) => `${d} ${n}`);
  const lines = [`checkpoint, ${r.format}: ${r.tensors} tensors (${dtypes.join(', ')}), ${r.parameters} numbers`];
  if (r.numbers) lines.push(...numberLines(r.numbers));
  if (r.wrapper) lines.push(`state dict under ${r.wrapper}`);
  const values = Object.entries(r.values).map(([k, v]) => `${k} ${JSON.stringify(v)}`);
  if (values.length) lines.push(`states ${values.join(', ')}`);
  if (r.base) lines.push(...baseLines(r.base));
  lines.push(...r.adapters.map(adapterLine));
  if (r.attach) lines.push(...attachLines(r.attach));
  if (!r.base && !r.attach) lines.push('no known base and no known adapter');
  if (keys) lines.push(...r.keys.map((k) => `  ${k.name}  ${k.dtype} [${k.shape}]`));
  return lines;
}

const numberLines = ({ bad, ...n }: TensorStats) => [
  `values ${short(n.min)} … ${short(n.max)}, mean ${short(n.mean)}`,
  ...(bad.length ? [`${n.nonFinite} are no finite number, in ${few(bad)}`] : []),
];

const few = (names: readonly string[]) => `${names.slice(0, 4).join(', ')}${names.length > 4 ? ', …' : ''}`;

function attachLines(a: AttachReport): string[] {
  const { name, width, depth, fingerprint, release } = a.base;
  const sizes = name === 'unknown' && width ? `a base of width ${width}, ${depth ?? '?'} blocks` : name;
  const mode = `${release ? ' as the published code builds it' : ''}${fingerprint ? ` (${fingerprint})` : ''}`;
  const lines = a.adapters.length ? [`layout ${a.layout}, for ${sizes}${mode}`] : [];
  lines.push(
    ...a.adapters.map((x) => `  attach ${x.name} to ${x.pattern || 'the model'}: ${JSON.stringify(x.config)}`),
  );
  if (a.fit) {
    const { placed, missing, unexpected, misshaped } = a.fit;
    lines.push(`  ${placed} tensors fit ${name}${missing.length ? '' : '; nothing is missing'}`);
    if (missing.length) lines.push(`  ${missing.length} missing: ${few(missing)}`);
    if (unexpected.length) lines.push(`  ${unexpected.length} unexpected: ${few(unexpected)}`);
    if (misshaped.length) lines.push(`  ${misshaped.length} of another shape: ${few(misshaped)}`);
  }
  if (a.leftOver.length) lines.push(`  ${a.leftOver.length} belong to nothing known: ${few(a.leftOver)}`);
  if (a.refused) lines.push(`cannot be loaded: ${a.refused}`);
  return [...lines, ...a.notes.map((n) => `note: ${n}`)];
}

/** A base and how it fits. */
export function baseLines(b: BaseReport): string[] {
  const sizes = [b.width && `width ${b.width}`, b.depth && `${b.depth} blocks`].filter(Boolean).join(', ');
  const whole = !b.fit || b.fit.missing.length + b.fit.unexpected.length + b.fit.misshaped.length === 0;
  const known = b.name ? `${whole ? '' : 'near to '}${b.name}` : 'unknown';
  const lines = [
    `base ${known} (${sizes || 'no encoder'}): ${b.tensors} tensors, ${b.parameters} numbers, names of ${b.naming}`,
  ];
  if (!b.fit) return lines;
  const { placed, missing, unexpected, misshaped } = b.fit;
  lines.push(`  ${placed} fit${whole ? '; nothing is missing' : ''}`);
  if (missing.length) lines.push(`  ${missing.length} missing: ${few(missing)}`);
  if (unexpected.length) lines.push(`  ${unexpected.length} unexpected: ${few(unexpected)}`);
  const shapes = misshaped.map((m) => `${m.name} expected [${m.expected}], found [${m.found}]`);
  if (shapes.length) lines.push(`  ${shapes.length} of another shape: ${few(shapes)}`);
  return lines;
}

/** One kind of adapter. */
export const adapterLine = (a: AdapterGroup) =>
  `adapter ${a.kind}${a.place ? ` at ${a.place}` : ''}: ${a.count} places, width ${a.dim}, ${/LoRA/.test(a.kind) ? 'rank' : 'bottleneck'} ${a.width}, ${a.parameters} numbers`;
