// stats[b, h, n] = (lse, Σ_c do_c · o_c): what the gradient needs of a query; one thread each
//#include lib/index.wgsl
const ROWS: u32 = 1u;
const HEADS: u32 = 1u;
const N: u32 = 1u;
const E: u32 = 4u;
const O_OFF: u32 = 0u;
const O_B: u32 = 0u;
const O_H: u32 = 0u;
const O_N: u32 = 4u;
const O_C: u32 = 1u;
const G_OFF: u32 = 0u;
const G_B: u32 = 0u;
const G_H: u32 = 0u;
const G_N: u32 = 4u;
const G_C: u32 = 1u;
const L_OFF: u32 = 0u;
const L_B: u32 = 0u;
const L_H: u32 = 0u;
const L_N: u32 = 1u;

@group(0) @binding(0) var<storage, read> o: array<f32>;
@group(0) @binding(1) var<storage, read> g: array<f32>;
@group(0) @binding(2) var<storage, read> lse: array<f32>;
@group(0) @binding(3) var<storage, read_write> stats: array<vec2f>;

@compute @workgroup_size(64)
fn main(@builtin(global_invocation_id) gid: vec3u, @builtin(num_workgroups) nwg: vec3u) {
  let row = linear(gid, nwg);
  if (row >= ROWS) { return; }
  let n = row % N;
  let h = row / N % HEADS;
  let b = row / (N * HEADS);
  let at = O_OFF + b * O_B + h * O_H + n * O_N;
  let gt = G_OFF + b * G_B + h * G_H + n * G_N;
  var d = 0.0;
  for (var c = 0u; c < E; c++) { d += o[at + c * O_C] * g[gt + c * G_C]; }
  stats[row] = vec2f(lse[L_OFF + b * L_B + h * L_H + n * L_N], d);
}
