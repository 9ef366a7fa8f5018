import { capture } from '../../nn/capture';
import { Module } from '../../nn/module';
import { attention, type RelPos } from '../../ops/attention';
import type { Tensor } from '../../tensor/tensor';

/**
 * Wrap point: attention proper, of q, k, v [B, heads, N, d] with relative positions or null → [B, heads, N, d]. Adapters that
 * bring keys and values of their own sit here; keys beyond the map have no relative position. While somebody captures, it
 * leaves q, k and the terms of relative positions (relH, relW) under its path.
 */
export class AttentionCore extends Module<[Tensor, Tensor, Tensor, RelPos | null], Tensor> {
  protected forward(q: Tensor, k: Tensor, v: Tensor, rel: RelPos | null): Tensor {
    capture(this.path, { q, k, ...rel });
    return attention(q, k, v, { rel });
  }
}
