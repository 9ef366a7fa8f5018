import { adalora } from '../../adapters/adalora';

import { type Attachment, attach } from '../../adapters/adapter';
import { lora } from '../../adapters/lora';
import { foldedParams } from '../../adapters/merge';
import { gradAll } from '../../autograd/grad';
import type { Gpu } from '../../gpu/device';
import type { Sam } from '../../models/sam/sam';
import { Linear } from '../../nn/linear';
import { makeParams } from '../../nn/params';
import { linear } from '../../ops/matmul';
import type { Tensor } from '../../tensor/tensor';
import { type Computed, type GoldenCase, inputTensor, loadWeights, runGraph } from './goldenCase';
import { runMedsa } from './kindMedsa';

/** The published Med-SA with LoRA in place of its adapters: as `runMedsa`. */
export function runMedsaLora(gpu: Gpu, c: GoldenCase): Promise<Computed> {
  return runMedsa(gpu, c, attachLora);
}

/** LoRA at every layer for which the weights hold one; ranks are read off them. The decoder trains, too. */
function attachLora(c: GoldenCase, sam: Sam): void {
  for (const [name, b] of c.weights?.entries ?? []) {
    if (!name.endsWith('.lora_B')) continue;
    const path = name.slice(0, -'.lora_B'.length);
    attach(sam, lora({ rank: b.shape[1], alpha: 1, targets: 'q,v' }), path, { train: 'decoder' });
  }
}

/** The released layers alone: results, gradients, merged weights. A prefix of the weights is a layer. */
export async function runLoraLayers(gpu: Gpu, c: GoldenCase): Promise<Computed> {
  const params = makeParams();
  const prefixes = [...new Set([...(c.weights?.entries.keys() ?? [])].map((n) => n.split('.')[0]))];
  const layers = prefixes.map((prefix) => {
    const shape = (n: string) => c.weights?.entries.get(`${prefix}.${n}`)?.shape;
    const [out, inner] = shape('weight') ?? [];
    const [rows, rank] = shape('lora_B')!;
    // A merged layer is a fused qkv whose thirds have changes of their own.
    const merged = rows !== out || shape('lora_A')![0] !== rank;
    const path = merged ? `${prefix}.qkv` : prefix;
    const layer = new Linear({ params, path }, inner, out, { bias: shape('bias') !== undefined });
    const targets = merged ? enabled(c) : 'qkv';
    const kind = shape('lora_E') ? adalora({ rank, alpha: 1, allocate: false }) : lora({ rank, alpha: 1, targets });
    return { prefix, layer, attachment: attach(layer, kind, '') };
  });
  await loadWeights(c, gpu, params, { rename: (n) => n.replace('.qkv.', '.') });
  return runGraph(gpu, c, () => Object.assign({}, ...layers.map((l) => layerGraph(c, l))));
}

/** Names of the thirds that a merged layer changes; queries and values unless the case says so. */
function enabled(c: GoldenCase): string {
  const on = c.info.config?.enable_lora;
  return Array.isArray(on) ? ['q', 'k', 'v'].filter((_, i) => on[i]).join(',') : 'q,v';
}

function layerGraph(
  c: GoldenCase,
  { prefix, layer, attachment }: { prefix: string; layer: Linear; attachment: Attachment },
): Record<string, Tensor> {
  const x = inputTensor(c, 'x');
  const out = layer.call(x);
  const outputs: Record<string, Tensor> = { [`${prefix}.out`]: out };
  const wanted = [...c.expected.keys()].filter((n) => n.startsWith(`${prefix}.grad`));
  const wrt = wanted.map((n) =>
    n === `${prefix}.grad_in.x` ? x : layer.params.tensor(n.replace(`${prefix}.grad`, layer.path)),
  );
  const grads = gradAll([out], wrt, [inputTensor(c, `grad_output.${prefix}`)]);
  for (const [i, g] of grads.entries()) outputs[wanted[i]] = g;
  if (!c.expected.has(`${prefix}.merged_weight`)) return outputs;
  const weight = foldedParams(layer.params, [attachment]).get(`${layer.path}.weight`)!;
  outputs[`${prefix}.merged_weight`] = weight;
  outputs[`${prefix}.merged_out`] = linear(x, weight, layer.bias?.());
  return outputs;
}
