// Rebuilding what an adapter file holds on a model: its attachments, then its tensors as the source of later uploads.
import { type Adapter, type Attachment, attach } from '../adapters/adapter';
import { adapterKind } from '../adapters/all';
import { globOf } from '../nn/module';
import type { Params } from '../nn/params';
import type { Shape } from '../tensor/shape';
import type { AdapterFile, AdapterInfo } from './adapterFile';
import { aboutModel, type BaseModel, KNOWN_BASES } from './bases';
import { CheckpointError, wordsOf } from './errors';
import { type KeyReport, matchKeys, tensorSource } from './keyMap';

/** What was attached, and what became of each tensor of the file. */
export interface LoadedAdapter {
  readonly attachments: readonly Attachment[];
  readonly report: KeyReport;
}

/** Whether the model must be built as the published code is (`releaseConfig`) to hold this adapter. */
export const needsRelease = (info: AdapterInfo): boolean =>
  info.base.release ?? info.adapters.some((a) => a.config.release === true);

/**
 * Attaches what `file` names to `model`, in its order, and points the adapters' parameters (and those of the base that
 * trained with them) at its tensors; nothing is read before the upload. Strict: `CheckpointError` for another base or
 * width, an unknown kind, a pattern that matches nothing, and for missing, unexpected or mis-shaped keys, with counts,
 * near names and a remedy; the model is then unchanged. With `strict: false` what does not fit is only reported.
 */
export function loadAdapter(
  model: BaseModel,
  file: AdapterFile,
  options: { readonly name?: string; readonly strict?: boolean } = {},
): LoadedAdapter {
  const { name = 'the adapter', strict = true } = options;
  checkModel(model, file.info, name);
  // On a model of no consequence first: one that fits only in part must not be left half attached.
  const trial = aboutModel(model).fresh();
  const report = matchKeys(wantedOf(trial, attachAll(trial, file.info, name), file), file.file, { name, strict });
  const attachments = attachAll(model, file.info, name);
  const source = tensorSource(report.entries);
  for (const key of report.placed) model.params.setSource(key, () => source.read(key));
  return { attachments, report };
}

function attachAll(model: BaseModel, info: AdapterInfo, name: string): Attachment[] {
  return info.adapters.map((row, i) => {
    try {
      const adapter: Adapter = adapterKind(row.name)(row.config);
      return attach(model, adapter, row.pattern);
    } catch (error) {
      throw new CheckpointError(
        `${name}: adapter ${i + 1} of ${info.adapters.length} (${row.name} at '${row.pattern}') cannot be attached to ${model.config.name}: ${wordsOf(error)} — choose the base it was trained on, or correct its configuration`,
        { cause: error },
      );
    }
  });
}

/** Adapters' parameters, what the attachments train of the base, and what else of the base the file holds. */
function wantedOf(model: BaseModel, attachments: readonly Attachment[], { file }: AdapterFile): Map<string, Shape> {
  const trained = attachments.flatMap((a) => a.trains.map(globOf));
  const wanted = (p: ReturnType<Params['all']>[number]) =>
    // Buffers of adapters say nothing that their options do not: files of trained parameters go without.
    file.entries.has(p.name) || (!p.buffer && (p.adapter !== null || trained.some((t) => t.test(p.name))));
  return new Map(model.params.all().flatMap((p) => (wanted(p) ? [[p.name, p.shape] as const] : [])));
}

const sizeWords = (width: number, depth: number) => `width ${width} and ${depth} blocks`;

/** `CheckpointError` where the adapter is for a base of another size or mode. */
function checkModel(model: BaseModel, info: AdapterInfo, name: string): void {
  const own = aboutModel(model);
  const { base } = info;
  const row = KNOWN_BASES.get(base.name);
  const [width, depth] = [base.width ?? row?.width ?? own.width, base.depth ?? row?.depth ?? own.depth];
  if (width !== own.width || depth !== own.depth) {
    throw new CheckpointError(
      `${name}: it is for a base of ${sizeWords(width, depth)}${row ? ` (${row.name})` : ''}, the loaded base ${own.name} has ${sizeWords(own.width, own.depth)} — load ${row?.name ?? 'a base of that size'}`,
    );
  }
  if (needsRelease(info) === own.release) return;
  throw new CheckpointError(
    `${name}: it is for the model ${own.release ? 'of the paper' : 'of the published code (release)'}, this one is built as ${own.release ? 'the published code' : 'the paper'} — build the base in ${own.release ? 'paper' : 'release'} mode`,
  );
}
