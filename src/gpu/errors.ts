/** A failure of the GPU or of what was asked of it. `kind` lets the page and the CLI choose what to say and do. */
export class GpuError extends Error {
  readonly kind: 'no-webgpu' | 'no-adapter' | 'limit' | 'lost' | 'shader' | 'validation' | 'memory';
  constructor(kind: GpuError['kind'], message: string) {
    super(message);
    this.name = 'GpuError';
    this.kind = kind;
  }
}

/** Bytes as a short text: 1.5 GiB. */
export function showBytes(n: number): string {
  const units = ['B', 'KiB', 'MiB', 'GiB', 'TiB'];
  let i = 0;
  let v = n;
  while (v >= 1024 && i < units.length - 1) {
    v /= 1024;
    i++;
  }
  return `${i === 0 ? v : v.toFixed(v < 10 ? 2 : 1)} ${units[i]}`;
}
