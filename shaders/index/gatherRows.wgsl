// y[o, n, i] = x[o, index[n], i] for x [O, V, INNER]; one thread per result; an index of V or more gives 0
//#include lib/index.wgsl
const TOTAL: u32 = 4u;
const V: u32 = 2u;
const N: u32 = 2u;
const INNER: u32 = 1u;

@group(0) @binding(0) var<storage, read> x: array<f32>;
@group(0) @binding(1) var<storage, read> index: array<u32>;
@group(0) @binding(2) var<storage, read_write> y: array<f32>;

@compute @workgroup_size(64)
fn main(@builtin(global_invocation_id) gid: vec3u, @builtin(num_workgroups) nwg: vec3u) {
  let t = linear(gid, nwg);
  if (t >= TOTAL) {
    return;
  }
  let row = index[t / INNER % N];
  var v = 0.0;
  if (row < V) {
    v = x[(t / (INNER * N) * V + row) * INNER + t % INNER];
  }
  y[t] = v;
}
