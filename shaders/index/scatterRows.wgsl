// dx[o, v, i] = Σ_{n: index[n] = v} dy[o, n, i] for dx [O, V, INNER]; one thread per result, adding in the order of n: no atomics, so two runs agree
//#include lib/index.wgsl
const TOTAL: u32 = 4u;
const V: u32 = 2u;
const N: u32 = 2u;
const INNER: u32 = 1u;

@group(0) @binding(0) var<storage, read> dy: array<f32>;
@group(0) @binding(1) var<storage, read> index: array<u32>;
@group(0) @binding(2) var<storage, read_write> dx: array<f32>;

@compute @workgroup_size(64)
fn main(@builtin(global_invocation_id) gid: vec3u, @builtin(num_workgroups) nwg: vec3u) {
  let t = linear(gid, nwg);
  if (t >= TOTAL) {
    return;
  }
  let row = t / INNER % V;
  let base = t / (INNER * V) * N * INNER + t % INNER;
  var sum = 0.0;
  for (var n = 0u; n < N; n++) {
    if (index[n] == row) {
      sum += dy[base + n * INNER];
    }
  }
  dx[t] = sum;
}
