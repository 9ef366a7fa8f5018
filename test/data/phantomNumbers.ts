// Numbers of the data set cards: how large the objects of a phantom are and how they stand out, by level.

import { phantom3d, slicedKinds } from '../../src/data/phantom3d';
import { PHANTOM_OBJECTS } from '../../src/data/phantomObjects';
import { type PhantomModality, phantom } from '../../src/data/phantoms';

/** Grey values with objects in them; slices lie one behind another. */
interface Labelled {
  readonly values: ArrayLike<number>;
  readonly labels: Uint8Array;
  readonly width: number;
  /** Of a pixel: share of the picture in %, or ml of a voxel. */
  readonly unit: number;
}

const levels = [0, 0.25, 0.5, 0.75, 1];

/** Size, difference to the surroundings within `reach` pixels, and that difference against the spread in both. */
function measure({ values, labels, width, unit }: Labelled, classes: readonly number[], reach: number) {
  const inside = labels.map((v) => (classes.includes(v) ? 1 : 0));
  const size = width * width;
  const near = new Uint8Array(labels.length);
  for (let i = 0; i < labels.length; i++) {
    if (!inside[i]) continue;
    const [slice, p] = [Math.floor(i / size) * size, i % size];
    const [x, y] = [p % width, Math.floor(p / width)];
    for (let row = Math.max(0, y - reach); row <= Math.min(width - 1, y + reach); row++) {
      const start = slice + row * width;
      near.fill(1, start + Math.max(0, x - reach), start + Math.min(width, x + reach + 1));
    }
  }
  const sums = [
    [0, 0, 0],
    [0, 0, 0],
  ];
  for (let i = 0; i < labels.length; i++) {
    if (!near[i]) continue;
    const s = sums[inside[i]];
    s[0]++;
    s[1] += values[i];
    s[2] += values[i] ** 2;
  }
  const [[m, out, out2], [n, own, own2]] = sums;
  const spread = Math.sqrt((own2 + out2 - own ** 2 / n - out ** 2 / m) / (n + m));
  return { size: n * unit, step: own / n - out / m, ratio: Math.abs(own / n - out / m) / spread };
}

function sampleOf(modality: PhantomModality, seed: number, level: number): Labelled {
  if (modality in slicedKinds) {
    const { image, labels } = phantom3d(modality as keyof typeof slicedKinds, seed, 0, { size: 48, slices: 8, level });
    return {
      values: image.data,
      labels,
      width: 48,
      unit: (image.spacing[0] * image.spacing[1] * image.spacing[2]) / 1000,
    };
  }
  const { image, labels } = phantom(modality, seed, 0, { size: 64, level });
  return { values: labels.map((_, i) => image[3 * i + 1]), labels, width: 64, unit: 100 / labels.length };
}

/** The table of a card: a line for each object and level, means over `seeds` pictures or volumes. */
export function numbersOf(modality: PhantomModality, seeds: number): string {
  const volume = modality in slicedKinds;
  const rows = PHANTOM_OBJECTS[modality].map(({ name, values }) => {
    const cells = levels.map((level) => ({ level, all: [] as ReturnType<typeof measure>[], name, values }));
    return { name, cells };
  });
  for (const [k, level] of levels.entries()) {
    for (let seed = 0; seed < seeds; seed++) {
      const sample = sampleOf(modality, seed, level);
      for (const { cells } of rows) {
        const found = measure(sample, cells[k].values, volume ? 3 : 5);
        if (found.size > 0) cells[k].all.push(found);
      }
    }
  }
  const mean = (all: readonly number[]) => all.reduce((a, v) => a + v, 0) / all.length;
  const digits = volume ? 0 : 1;
  const lines = rows.flatMap(({ name, cells }) =>
    cells.map(({ level, all }) => {
      const sizes = all.map((m) => m.size);
      const range = `${Math.min(...sizes).toFixed(digits)} … ${Math.max(...sizes).toFixed(digits)}`;
      const step = mean(all.map((m) => m.step));
      return `| ${name} | ${level} | ${mean(sizes).toFixed(digits)} | ${range} | ${step.toFixed(0)} | ${mean(all.map((m) => m.ratio)).toFixed(2)} |`;
    }),
  );
  const unit = volume ? 'size, ml' : 'size, % of the picture';
  return [
    `| object | level | ${unit} | range | difference | contrast to noise |`,
    '| --- | --- | --- | --- | --- | --- |',
    ...lines,
  ].join('\n');
}
