import { type Attrs, defineOp, linearGrid } from '../tensor/op';
import { numel, showShape } from '../tensor/shape';
import { apply, type Tensor, whereIs } from '../tensor/tensor';

const emaOp = defineOp<Attrs>({
  name: 'ema',
  infer: ([average]) => ({ shape: average.shape, dtype: 'f32' }),
  writes: [0],
  kernels: ({ ins: [average] }) => [
    {
      variant: 'naive',
      file: 'optim/ema.wgsl',
      consts: { TOTAL: numel(average.shape) },
      grid: linearGrid(numel(average.shape)),
    },
  ],
  flops: ([average]) => 3 * numel(average.shape),
});

/**
 * Effect: average ← average + rate · (p − average), an exponential moving average with decay 1 − rate; `rate` has one
 * element. Given after an optimiser's effect on the leaf `p`, it sees the updated parameters. Source:
 * torch.optim.swa_utils.get_ema_avg_fn.
 */
export function ema(average: Tensor, p: Tensor, rate: Tensor): Tensor {
  const where = whereIs('ema');
  for (const t of [average, p]) {
    if (t.leaf?.kind !== 'state')
      throw new Error(`${where}: average and parameters must be state leaves, got ${t.op.name}`);
  }
  if (numel(average.shape) !== numel(p.shape) || numel(rate.shape) !== 1) {
    throw new Error(
      `${where}: an average ${showShape(average.shape)} of ${showShape(p.shape)} with a rate ${showShape(rate.shape)}; expected equal sizes and one rate`,
    );
  }
  return apply(emaOp, [average, p, rate], {});
}
