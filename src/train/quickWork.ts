import { gradAll } from '../autograd/grad';
import { attention } from '../ops/attention';
import { layerNorm } from '../ops/layernorm';
import { linear } from '../ops/matmul';
import { softmax } from '../ops/softmax';
import type { Outputs } from '../plan/plan';
import type { Target } from '../tensor/op';
import { input } from '../tensor/tensor';

/**
 * One shape of each family of kernels that have variants, for a quick measurement at start-up: a linear layer with both
 * gradients (all three layouts of a product), flash attention with its gradients, LayerNorm and softmax with theirs. The most
 * important come first. On GPUs as large as a block of SAM ViT-B at 512²; software adapters get what they do in milliseconds.
 */
export function quickWork({ software }: Target): () => Outputs {
  const [tokens, width, heads] = software ? [64, 128, 2] : [1024, 768, 12];
  const d = software ? 32 : 64;
  return () => {
    const x = input('x', [tokens, width]);
    const w = input('w', [width, width]);
    const y = linear(x, w);
    const [q, k, v] = ['q', 'k', 'v'].map((name) => input(name, [1, heads, tokens, d]));
    const o = attention(q, k, v, { form: 'flash' });
    const [gain, bias] = ['gain', 'bias'].map((name) => input(name, [width]));
    const n = layerNorm(x, gain, bias, 1e-6);
    const s = softmax(input('scores', [heads, tokens, tokens]));
    const like = (name: string, t: typeof x) => input(name, t.shape);
    const [dx, dw] = gradAll([y], [x, w], [like('dy', y)]);
    const [dq, dk, dv] = gradAll([o], [q, k, v], [like('do', o)]);
    const [dn] = gradAll([n], [x], [like('dn', n)]);
    return { outputs: { y, dx, dw, o, dq, dk, dv, n, dn, s } };
  };
}
