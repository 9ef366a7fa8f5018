import { deviceName } from '../gpu/device';
import { type BenchFlags, wholes } from './benchFlags';
import { loadText } from './benchPeers';
import { demandReal } from './benchReal';
import { markdownTable, nowText, recordSection } from './benchRecord';
import { alignedText } from './benchTable';
import { openRecalled } from './tunedHost';

/** The measurements of our engine alone in Dawn that were asked for. */
export async function benchDevice(flags: BenchFlags): Promise<void> {
  const json = flags.json ?? false;
  const gpu = await openRecalled(process.stderr);
  demandReal(gpu.caps, flags.real ?? false);
  const tokens = flags.tokens === undefined ? undefined : wholes('tokens', flags.tokens);
  const table = (title: string, found: unknown, rows: string[][]) =>
    showTable({ title, device: deviceName(gpu.caps), found, rows }, flags);
  if (flags.memory) {
    const { memoryRows, memoryTable } = await import('./benchMemory');
    const rows = memoryRows(gpu.caps);
    await table('SAM ViT-B, Med-SA adapters, batch 1: planned bytes of a training step', rows, memoryTable(rows));
  }
  if (flags.decode) {
    const { decodeRows, decodeTable } = await import('./benchDecode');
    const rows = await decodeRows(gpu, ['vit_b', 'sam-micro', 'sam-nano']);
    await table('Prompt to three masks at image size, embedding cached', rows, decodeTable(rows));
  }
  if (flags.matmul && flags.variants) {
    const { benchVariants, shapeCases, squareCases } = await import('./benchVariants');
    const named = flags.shapes === undefined ? [] : shapeCases(flags.shapes);
    const sizes = flags.sizes ?? (named.length ? undefined : '1024,2048,4096');
    const squares = sizes === undefined ? [] : squareCases(wholes('sizes', sizes));
    await benchVariants(gpu, [...squares, ...named], flags.rounds ?? 5, json);
  } else if (flags.matmul) await (await import('./benchMatmul')).benchMatmul(gpu, json);
  if (flags.attention)
    await (await import('./benchAttention')).benchAttention(gpu, { large: flags.large, tokens }, console.log);
  if (flags.bandwidth) {
    const rows = await (await import('./benchBandwidth')).benchBandwidth(gpu, json ? () => {} : console.log);
    if (json) console.log(JSON.stringify(rows, null, 1));
  }
  if (flags.vit) await (await import('./benchDawn')).benchDawn(gpu, tokens ?? [196], json);
  gpu.destroy();
}

interface Table {
  readonly title: string;
  readonly device: string;
  readonly found: unknown;
  readonly rows: readonly (readonly string[])[];
}

/** Prints a table, or `found` as JSON, and keeps it where that was asked. */
async function showTable({ title, device, found, rows }: Table, { json, record }: BenchFlags): Promise<void> {
  console.log(json ? JSON.stringify(found, null, 1) : `${title}\n${alignedText(rows)}`);
  if (!record) return;
  const key = `${nowText()} · ${title}`;
  await recordSection(key, `## ${key} · ${device} · load ${loadText()}\n\n${markdownTable(rows)}`);
}
