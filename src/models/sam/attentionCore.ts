import { Module } from '../../nn/module';
import { attention, type RelPos } from '../../ops/attention';
import type { Tensor } from '../../tensor/tensor';

/**
 * Wrap point: attention proper, of q, k, v [B, heads, N, d] with relative positions or null → [B, heads, N, d]. Adapters that
 * bring keys and values of their own sit here; keys beyond the map have no relative position.
 */
export class AttentionCore extends Module<[Tensor, Tensor, Tensor, RelPos | null], Tensor> {
  protected forward(q: Tensor, k: Tensor, v: Tensor, rel: RelPos | null): Tensor {
    return attention(q, k, v, { rel });
  }
}
