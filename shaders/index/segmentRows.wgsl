// dx[o, v, i] = Σ_{starts[v] ≤ s < starts[v + 1]} dy[o, order[s], i]; one thread per result: scatterRows for an index known beforehand, without its search
//#include lib/index.wgsl
const TOTAL: u32 = 4u;
const V: u32 = 2u;
const N: u32 = 2u;
const INNER: u32 = 1u;

@group(0) @binding(0) var<storage, read> dy: array<f32>;
@group(0) @binding(1) var<storage, read> order: array<u32>;
@group(0) @binding(2) var<storage, read> starts: array<u32>;
@group(0) @binding(3) var<storage, read_write> dx: array<f32>;

@compute @workgroup_size(64)
fn main(@builtin(global_invocation_id) gid: vec3u, @builtin(num_workgroups) nwg: vec3u) {
  let t = linear(gid, nwg);
  if (t >= TOTAL) {
    return;
  }
  let row = t / INNER % V;
  let base = t / (INNER * V) * N * INNER + t % INNER;
  var sum = 0.0;
  for (var s = starts[row]; s < starts[row + 1u]; s++) {
    sum += dy[base + order[s] * INNER];
  }
  dx[t] = sum;
}
