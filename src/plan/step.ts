import { freeBuffer, mapForReading, readBuffer, stagingBuffer } from '../gpu/buffers';
import type { Gpu } from '../gpu/device';
import { BYTES, numel, showShape } from '../tensor/shape';
import type { HostArray, Tensor } from '../tensor/tensor';
import { type ExplainRow, explainRows } from './explain';
import { countReaders } from './leaves';
import type { PlanData } from './plan';

/** A dispatch ready for replay. */
export interface Bound {
  readonly pipeline: GPUComputePipeline;
  readonly group: GPUBindGroup;
  readonly grid: readonly [number, number, number];
}

/** Small results of one run, read later without stopping the pipeline. */
export interface Ticket {
  /** Value of a small output in that run. Throws when more than `RING` runs have gone by. */
  read(name: string): Promise<Float32Array>;
}

/** Outputs up to this size ride along with every run. */
const SMALL = 16384;
/** Runs whose small outputs are kept. */
const RING = 4;

interface RingSlot {
  readonly buffer: GPUBuffer;
  run: number;
  mapping: Promise<ArrayBuffer> | null;
}

/**
 * A compiled step. `run` writes the inputs, replays all dispatches in one encoder, one pass and one submit (a long step
 * in several, see `PlanOptions.submits`), and creates no GPU object beyond command buffers. The step owns its buffers until `destroy`.
 */
export class Step {
  private readonly small: { name: string; tensor: Tensor; at: number }[] = [];
  private readonly ring: RingSlot[] = [];
  private runs = 0;
  private destroyed = false;

  constructor(
    readonly gpu: Gpu,
    readonly plan: PlanData,
    private readonly bound: readonly Bound[],
    private readonly objects: readonly GPUBuffer[],
    private readonly inputs: ReadonlyMap<string, { buffer: GPUBuffer; tensor: Tensor }>,
  ) {
    let at = 0;
    for (const [name, tensor] of plan.outputs) {
      const bytes = numel(tensor.shape) * BYTES;
      if (bytes > SMALL) continue;
      this.small.push({ name, tensor, at });
      at += Math.ceil(bytes / 16) * 16;
    }
    if (at > 0) {
      for (let i = 0; i < RING; i++) this.ring.push({ buffer: stagingBuffer(gpu, at, 'ring'), run: -1, mapping: null });
    }
  }

  /** Writes `inputs` (those left out keep their last value) and replays. Does not wait for the GPU. */
  run(inputs: Readonly<Record<string, HostArray>> = {}): Ticket {
    this.gpu.check();
    for (const [name, data] of Object.entries(inputs)) this.write(name, data);
    const { queue } = this.gpu.device;
    const parts = this.plan.submits.map((part) => this.encode(part));
    const last = parts[parts.length - 1] ?? this.encode([0, 0]);
    for (const part of parts.slice(0, -1)) queue.submit([part.finish()]);
    const slot = this.copySmall(last);
    queue.submit([last.finish()]);
    const run = this.runs++;
    if (slot) slot.run = run;
    return { read: (name) => this.readSmall(name, slot, run) };
  }

  /** Sets one input for the runs to come. Throws when there is no such input or the length is wrong. */
  write(name: string, data: HostArray): void {
    const found = this.inputs.get(name);
    if (!found)
      throw new Error(`step: there is no input ${name}; inputs are ${[...this.inputs.keys()].join(', ') || 'none'}`);
    if (data.length !== numel(found.tensor.shape)) {
      throw new Error(
        `step: input ${name} wants ${showShape(found.tensor.shape)} = ${numel(found.tensor.shape)} values, got ${data.length}`,
      );
    }
    this.gpu.device.queue.writeBuffer(found.buffer, 0, data as Float32Array<ArrayBuffer>);
  }

  /** The value of output `name` after the latest run. Waits for the GPU. */
  async read(name: string): Promise<Float32Array> {
    const t = this.plan.outputs.get(name);
    if (!t)
      throw new Error(`step: there is no output ${name}; outputs are ${[...this.plan.outputs.keys()].join(', ')}`);
    return this.readTensor(t);
  }

  /** Where output `name` lies on the GPU; it holds the latest run's value until the next one. */
  output(name: string): { readonly buffer: GPUBuffer; readonly offset: number; readonly bytes: number } {
    const t = this.plan.outputs.get(name);
    const slot = t && this.plan.placement.slots.get(t);
    if (!t || !slot)
      throw new Error(`step: output ${name} owns no memory; outputs are ${[...this.plan.outputs.keys()].join(', ')}`);
    return { buffer: this.objects[slot.object], offset: slot.offset, bytes: numel(t.shape) * BYTES };
  }

  /** The value of any tensor that owns memory; only outputs are sure to hold it still after a run. */
  async readTensor(t: Tensor): Promise<Float32Array> {
    const slot = this.plan.placement.slots.get(t)!;
    return new Float32Array(await readBuffer(this.gpu, this.objects[slot.object], numel(t.shape) * BYTES, slot.offset));
  }

  /** A row per dispatch: path, op, variant, fused ops, bytes, FLOPs. */
  explain(): ExplainRow[] {
    return explainRows(this.plan);
  }

  /**
   * Microseconds per dispatch of one run, from timestamp queries; null where the device has none. With `repeats` each runs so
   * often in a row, for devices whose timestamps are coarse: what updates in place does so again.
   */
  async profile(repeats?: readonly number[]): Promise<number[] | null> {
    const { profileRun } = await import('../gpu/timer');
    return profileRun(this.gpu, this.bound, repeats);
  }

  /** Mean microseconds of a replay among `times` in one submit. */
  async burst(times: number): Promise<number> {
    const { burst } = await import('../gpu/timer');
    return burst(this.gpu, this.bound, times);
  }

  /** Frees all buffers of the step, and those of constants that no other step reads. A second call does nothing. */
  destroy(): void {
    if (this.destroyed) return;
    this.destroyed = true;
    countReaders(this.gpu, this.plan.states, -1);
    for (const o of this.objects) freeBuffer(this.gpu, o);
    for (const i of this.inputs.values()) freeBuffer(this.gpu, i.buffer);
    for (const r of this.ring) freeBuffer(this.gpu, r.buffer);
  }

  /** The dispatches [start, end) in one pass. */
  private encode([start, end]: readonly [number, number]): GPUCommandEncoder {
    const encoder = this.gpu.device.createCommandEncoder();
    const pass = encoder.beginComputePass();
    for (let i = start; i < end; i++) {
      const b = this.bound[i];
      pass.setPipeline(b.pipeline);
      pass.setBindGroup(0, b.group);
      pass.dispatchWorkgroups(b.grid[0], b.grid[1], b.grid[2]);
    }
    pass.end();
    return encoder;
  }

  private copySmall(encoder: GPUCommandEncoder): RingSlot | null {
    if (!this.small.length) return null;
    // A slot that is being mapped cannot be copied into; the oldest of the others is overwritten.
    const slot = this.ring.filter((r) => !r.mapping).sort((a, b) => a.run - b.run)[0];
    if (!slot) throw new Error(`step: the results of ${RING} runs are being read; await them before running on`);
    for (const { tensor, at } of this.small) {
      const s = this.plan.placement.slots.get(tensor)!;
      const bytes = numel(tensor.shape) * BYTES;
      encoder.copyBufferToBuffer(this.objects[s.object], s.offset, slot.buffer, at, bytes);
    }
    return slot;
  }

  private async readSmall(name: string, slot: RingSlot | null, run: number): Promise<Float32Array> {
    const entry = this.small.find((s) => s.name === name);
    if (!entry || !slot) throw new Error(`step: ${name} is no small output; use step.read for large ones`);
    if (slot.run !== run)
      throw new Error(`step: the result ${name} of run ${run} is gone; read it within ${RING} runs`);
    slot.mapping ??= this.fetch(slot);
    const all = await slot.mapping;
    return new Float32Array(all, entry.at, numel(entry.tensor.shape)).slice();
  }

  private async fetch(slot: RingSlot): Promise<ArrayBuffer> {
    try {
      await mapForReading(this.gpu, slot.buffer);
      const copy = slot.buffer.getMappedRange().slice(0);
      slot.buffer.unmap();
      return copy;
    } finally {
      slot.mapping = null;
    }
  }
}
