// y[o, m, i] = epilogue(Σ_t weights[m, t] · x[o, starts[m] + t, i]) for x [O, N, INNER]; one thread per result: every separable resize and its gradient, by table
//#include lib/index.wgsl
const TOTAL: u32 = 4u;
const N: u32 = 2u;
const M: u32 = 2u;
const INNER: u32 = 1u;
const TAPS: u32 = 1u;

@group(0) @binding(0) var<storage, read> x: array<f32>;
@group(0) @binding(1) var<storage, read> starts: array<u32>;
@group(0) @binding(2) var<storage, read> weights: array<f32>;
@group(0) @binding(3) var<storage, read_write> y: array<f32>;

//#hook
fn epilogue(v: f32, i: u32, col: u32) -> f32 {
  return v;
}

@compute @workgroup_size(64)
fn main(@builtin(global_invocation_id) gid: vec3u, @builtin(num_workgroups) nwg: vec3u) {
  let t = linear(gid, nwg);
  if (t >= TOTAL) {
    return;
  }
  let m = t / INNER % M;
  let base = (t / (INNER * M) * N + starts[m]) * INNER + t % INNER;
  var sum = 0.0;
  for (var k = 0u; k < TAPS; k++) {
    sum += weights[m * TAPS + k] * x[base + k * INNER];
  }
  y[t] = epilogue(sum, t, t % INNER);
}
