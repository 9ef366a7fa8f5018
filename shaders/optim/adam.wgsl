// m ← β₁m + (1−β₁)g, v ← β₂v + (1−β₂)g², p ← p − lr · (m/c₁) / (√v/√c₂ + ε); one thread per element of the flat vectors,
// or (FOUR) four of them, where TOTAL and DECAY_END count fours
// hyper = (lr, c₁ = 1−β₁ᵗ, c₂ = 1−β₂ᵗ, factor on g; 0: nothing changes). The host computes c₁ and c₂: in f32 they would lose their digits.
// Decay of the elements before DECAY_END: DECOUPLED p ← (1 − lr·DECAY)·p (AdamW), else g ← g + DECAY·p (Adam).
//#include lib/index.wgsl
const TOTAL: u32 = 4u;
const BETA1: f32 = 0.9;
const REST1: f32 = 0.1;
const BETA2: f32 = 0.999;
const REST2: f32 = 0.001;
const EPS: f32 = 1e-8;
const DECAY: f32 = 0.0;
const DECAY_END: u32 = 4u;

//#if FOUR
@group(0) @binding(0) var<storage, read_write> p: array<vec4f>;
@group(0) @binding(1) var<storage, read> g: array<vec4f>;
@group(0) @binding(2) var<storage, read_write> m: array<vec4f>;
@group(0) @binding(3) var<storage, read_write> v: array<vec4f>;
//#else
@group(0) @binding(0) var<storage, read_write> p: array<f32>;
@group(0) @binding(1) var<storage, read> g: array<f32>;
@group(0) @binding(2) var<storage, read_write> m: array<f32>;
@group(0) @binding(3) var<storage, read_write> v: array<f32>;
//#endif
@group(0) @binding(4) var<storage, read> hyper: array<f32>;
//#if AMSGRAD
//#if FOUR
@group(0) @binding(5) var<storage, read_write> top: array<vec4f>;
//#else
@group(0) @binding(5) var<storage, read_write> top: array<f32>;
//#endif
//#endif

@compute @workgroup_size(64)
fn main(@builtin(global_invocation_id) gid: vec3u, @builtin(num_workgroups) nwg: vec3u) {
  let i = linear(gid, nwg);
  if (i >= TOTAL || hyper[3] == 0.0) {
    return;
  }
  let lr = hyper[0];
  var x = p[i];
  var d = g[i] * hyper[3];
  if (i < DECAY_END) {
//#if DECOUPLED
    x -= lr * DECAY * x;
//#else
    d += DECAY * x;
//#endif
  }
  let mean = BETA1 * m[i] + REST1 * d;
  let square = BETA2 * v[i] + REST2 * d * d;
  m[i] = mean;
  v[i] = square;
  var most = square;
//#if AMSGRAD
  most = max(top[i], square);
  top[i] = most;
//#endif
  p[i] = x - lr / hyper[1] * mean / (sqrt(most) / sqrt(hyper[2]) + EPS);
}
