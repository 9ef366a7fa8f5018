import { PromptedBottleneck } from '../../adapters/promptedBottleneck';
import { gradAll } from '../../autograd/grad';
import type { Gpu } from '../../gpu/device';
import { capturing } from '../../nn/capture';
import { makeParams, type Params } from '../../nn/params';
import type { Tensor } from '../../tensor/tensor';
import { act } from './configs';
import { type Computed, type GoldenCase, inputTensor, loadWeights, runGraph } from './goldenCase';
import { hypOptions } from './paperAdapters';

/** The prompted bottleneck alone, once per arm that the weights hold under its name: activations and all gradients. */
export async function runHypAdpt(gpu: Gpu, c: GoldenCase): Promise<Computed> {
  const params = makeParams();
  const arms = new Set([...(c.weights?.entries.keys() ?? [])].map((n) => n.split('.')[0]));
  const modules = [...arms].map((prefix) => armOf(c, params, prefix));
  await loadWeights(c, gpu, params);
  return runGraph(gpu, c, () => Object.assign({}, ...modules.map((m) => armGraph(c, params, m))));
}

function armOf(c: GoldenCase, params: Params, prefix: string): PromptedBottleneck {
  const shapes = new Map([...(c.weights?.entries ?? [])].map(([n, t]) => [n, t.shape]));
  const [r, dim] = shapes.get(`${prefix}.D_fc1.weight`) ?? [];
  if (!r || !dim) throw new Error(`${c.files.name}: ${prefix} has no D_fc1.weight`);
  const { lp = 0, k = 0, arm: seen } = hypOptions({}, shapes, `${prefix}.`);
  const arm = seen === 'hyper' && prefix.includes('token') ? 'hyper-token' : seen;
  const actOf = act(c.info.config?.act_of_arms_none_add_concat, 'relu');
  const build = { params, path: prefix, adapter: 'hypAdpt' };
  return new PromptedBottleneck(build, { arm, lp, k, dim, r, act: actOf, upInit: 'zero' });
}

function armGraph(c: GoldenCase, params: Params, arm: PromptedBottleneck): Record<string, Tensor> {
  const name = arm.path;
  const perToken = name.includes('token') && c.inputs.has('p_tokens');
  const [h, p] = [inputTensor(c, 'h'), inputTensor(c, perToken ? 'p_tokens' : 'p')];
  const { result: out, acts } = capturing(() => arm.call(h, p));
  const outputs: Record<string, Tensor> = { [`${name}.out`]: out };
  for (const [path, t] of acts) {
    const wanted = path.replace(`${name}.`, `${name}.act.`);
    if (c.expected.has(wanted)) outputs[wanted] = t;
  }
  const wanted = [...c.expected.keys()].filter((n) => n.startsWith(`${name}.grad`));
  const wrt = wanted.map((n) => {
    const key = n.slice(name.length + 1);
    if (key === 'grad_in.h') return h;
    return key === 'grad_in.p' ? p : params.tensor(`${name}.${key.slice('grad.'.length)}`);
  });
  for (const [i, g] of gradAll([out], wrt, [inputTensor(c, 'grad_output')]).entries()) outputs[wanted[i]] = g;
  return outputs;
}
