import { addScalar, div, equalScalar, maximum, mul, scale } from '../../ops/pointwise';
import { sum } from '../../ops/reduce';
import { constant, type Tensor } from '../../tensor/tensor';

/** 1 where a sparse token stands for a point or a corner, 0 where its label is −1 (padding): labels [B, N, 1] → the same. */
export function realTokens(labels: Tensor): Tensor {
  return addScalar(scale(equalScalar(labels, -1), -1), 1);
}

/**
 * What each row of prompts says, as one vector: the mean over the tokens of `sparse` [B, N, C] where `real` [B, N, 1] is 1,
 * zeros where it never is: [B, C]. Adapters of the decoder are conditioned on it.
 */
export function promptSummary(sparse: Tensor, real: Tensor): Tensor {
  return div(sum(mul(sparse, real), [1]), maximum(sum(real, [1]), constant([1], [1], 'at least one')));
}
