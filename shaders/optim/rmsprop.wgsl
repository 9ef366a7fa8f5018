// v ← ALPHA·v + (1−ALPHA)·g², p ← p − lr·g / (√v + ε), g ← g + DECAY·p before; one thread per element; hyper = (lr, unused, unused, factor on g; 0: nothing changes)
//#include lib/index.wgsl
const TOTAL: u32 = 4u;
const ALPHA: f32 = 0.99;
const REST: f32 = 0.01;
const EPS: f32 = 1e-8;
const DECAY: f32 = 0.0;
const DECAY_END: u32 = 4u;

@group(0) @binding(0) var<storage, read_write> p: array<f32>;
@group(0) @binding(1) var<storage, read> g: array<f32>;
@group(0) @binding(2) var<storage, read_write> v: array<f32>;
@group(0) @binding(3) var<storage, read> hyper: array<f32>;

@compute @workgroup_size(64)
fn main(@builtin(global_invocation_id) gid: vec3u, @builtin(num_workgroups) nwg: vec3u) {
  let i = linear(gid, nwg);
  if (i >= TOTAL || hyper[3] == 0.0) {
    return;
  }
  var d = g[i] * hyper[3];
  if (i < DECAY_END) {
    d += DECAY * p[i];
  }
  let square = ALPHA * v[i] + REST * d * d;
  v[i] = square;
  p[i] -= hyper[0] * d / (sqrt(square) + EPS);
}
