// g ← g + DECAY·p, m ← MOMENTUM·m + (1−DAMPENING)·g (g itself in the first step), p ← p − lr·m (NESTEROV: g + MOMENTUM·m); one thread per element
// hyper = (lr, 1 in the first step and 0 after it, unused, factor on g; 0: nothing changes).
//#include lib/index.wgsl
const TOTAL: u32 = 4u;
const MOMENTUM: f32 = 0.9;
const DAMPENING: f32 = 0.0;
const DECAY: f32 = 0.0;
const DECAY_END: u32 = 4u;

@group(0) @binding(0) var<storage, read_write> p: array<f32>;
@group(0) @binding(1) var<storage, read> g: array<f32>;
@group(0) @binding(2) var<storage, read_write> m: array<f32>;
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
  let mean = select(MOMENTUM * m[i] + (1.0 - DAMPENING) * d, d, hyper[1] > 0.5);
  m[i] = mean;
//#if NESTEROV
  p[i] -= hyper[0] * (d + MOMENTUM * mean);
//#else
  p[i] -= hyper[0] * mean;
//#endif
}
