// out[i] = value(i); one thread per element. `value` is a fused chain of pointwise ops, written by the plan.
//#include lib/index.wgsl
const N: u32 = 1u;

@group(0) @binding(0) var<storage, read_write> out: array<f32>;

//#hook
fn value(i: u32) -> f32 {
  return 0.0;
}

@compute @workgroup_size(64)
fn main(@builtin(global_invocation_id) gid: vec3u, @builtin(num_workgroups) nwg: vec3u) {
  let i = linear(gid, nwg);
  if (i < N) {
    out[i] = value(i);
  }
}
