// Opening adapters of any layout, as one file or as a folder.
import * as v from 'valibot';
import { ADAPTER_FILES, adapterFormat, parseAdapterInfo } from './adapterFile';
import { adapterOf, type FoundAdapter, type LayoutOptions } from './adapterLayout';
import { blobName } from './bytes';
import { openCheckpoint } from './checkpoint';
import type { Folder } from './dataset';
import { CheckpointError, wordsOf } from './errors';

/** Opens a file that holds adapters: this project's, Med-SA's, LoRA of others. `CheckpointError` where it holds none. */
export async function openAdapter(
  blob: Blob,
  name = blobName(blob, 'the adapter'),
  options: LayoutOptions = {},
): Promise<FoundAdapter> {
  return adapterOf(await openCheckpoint(blob, name), name, options);
}

/** Weights and configuration of an adapter folder, in the order of preference; the last row is what earlier releases wrote. */
const layouts = [
  [ADAPTER_FILES.weights, ADAPTER_FILES.config],
  ['adapter_model.bin', ADAPTER_FILES.config],
  ['best.safetensors', ADAPTER_FILES.config],
  ['last.safetensors', ADAPTER_FILES.config],
  ['adapter.safetensors', 'config.json'],
] as const;

/** What the weights of an adapter folder may be called, in the order of preference. */
export const ADAPTER_WEIGHTS: readonly string[] = layouts.map(([weights]) => weights);

const peftSchema = v.looseObject({ peft_type: v.string(), lora_alpha: v.optional(v.number()) });

/**
 * Opens an adapter folder (a run's, too: the best adapter, else the last). A configuration beside the weights, which
 * people may edit, counts before the copy inside them.
 */
export async function openAdapterFolder(folder: Folder): Promise<FoundAdapter> {
  const paths = await folder.list();
  const found = layouts.find(([weights]) => paths.includes(weights));
  if (!found) {
    throw new CheckpointError(
      `${folder.name}: there is no ${ADAPTER_FILES.weights} (nor ${layouts
        .slice(1)
        .map(([w]) => w)
        .join(', ')}) — choose a folder that training wrote`,
    );
  }
  const [weights, config] = found;
  const blob = await folder.open(weights);
  const name = `${folder.name}/${weights}`;
  if (!paths.includes(config)) return openAdapter(blob, name);
  const where = `${folder.name}/${config}`;
  const text = await (await folder.open(config)).text();
  const stated = parseJson(text, where);
  const peft = v.safeParse(peftSchema, stated);
  if (!peft.success || v.is(v.looseObject({ format: v.literal(adapterFormat) }), stated)) {
    return { ...(await openAdapter(blob, name)), info: parseAdapterInfo(text, where), layout: 'medsa-lab', notes: [] };
  }
  if (peft.output.peft_type !== 'LORA') {
    throw new CheckpointError(`${where}: peft's ${peft.output.peft_type} is not known here — LORA is`);
  }
  return openAdapter(blob, name, { alpha: peft.output.lora_alpha ?? null });
}

function parseJson(text: string, where: string): unknown {
  try {
    return JSON.parse(text);
  } catch (error) {
    throw new CheckpointError(
      `${where}: its configuration is no JSON (${wordsOf(error)}) — the file is damaged; get it again`,
      { cause: error },
    );
  }
}
