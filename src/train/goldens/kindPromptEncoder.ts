import { gradAll } from '../../autograd/grad';
import type { Gpu } from '../../gpu/device';
import { PromptEncoder } from '../../models/sam/promptEncoder';
import { capturing } from '../../nn/capture';
import { makeParams, type Params } from '../../nn/params';
import { chooseTrainable } from '../../nn/trainable';
import type { Tensor } from '../../tensor/tensor';
import { promptConfig } from './configs';
import { type Computed, type GoldenCase, gradKeys, inputTensor, loadWeights, runGraph, wantedActs } from './goldenCase';

/** PromptEncoder alone: any number of calls, each with the inputs that the case holds under its name. */
export async function runPromptEncoder(gpu: Gpu, c: GoldenCase): Promise<Computed> {
  const params = makeParams();
  const encoder = new PromptEncoder({ params, path: '' }, promptConfig(c.info.config ?? {}));
  chooseTrainable(params, gradKeys(c).length ? 'all' : 'none');
  await loadWeights(c, gpu, params);
  return runGraph(gpu, c, () => {
    const outputs: Record<string, Tensor> = { dense_pe: encoder.densePe() };
    for (const call of callNames(c)) Object.assign(outputs, callGraph(c, params, encoder, call));
    return outputs;
  });
}

/** `CALL` of every expected `CALL.dense` or `CALL.sparse`. */
function callNames(c: GoldenCase): string[] {
  const names = [...c.expected.keys()].flatMap((n) => /^(\w+)\.(sparse|dense)$/.exec(n)?.[1] ?? []);
  return [...new Set(names)];
}

function callGraph(c: GoldenCase, params: Params, encoder: PromptEncoder, call: string): Record<string, Tensor> {
  const given = (name: string) => (c.inputs.has(`${call}.${name}`) ? inputTensor(c, `${call}.${name}`) : null);
  const prompts = {
    points: given('point_coords'),
    labels: given('point_labels'),
    boxes: given('boxes'),
    masks: given('mask_input'),
  };
  const { result, acts } = capturing(() => encoder.call(prompts));
  const outputs: Record<string, Tensor> = { ...wantedActs(c, acts, `act.${call}.`), [`${call}.dense`]: result.dense };
  if (result.sparse) outputs[`${call}.sparse`] = result.sparse;
  const seeds = [given('grad_sparse'), given('grad_dense')];
  const pairs = [result.sparse, result.dense].flatMap((out, i) => (out && seeds[i] ? [{ out, seed: seeds[i] }] : []));
  if (!pairs.length) return outputs;
  const keys = gradKeys(c);
  const grads = gradAll(
    pairs.map((p) => p.out),
    keys.map((k) => params.tensor(k)),
    pairs.map((p) => p.seed),
  );
  for (const [i, k] of keys.entries()) outputs[`grad.${k}`] = grads[i];
  return outputs;
}
