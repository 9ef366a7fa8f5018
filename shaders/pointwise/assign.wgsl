// target[i] = source[i]; one thread per element.
//#include lib/index.wgsl
const N: u32 = 1u;

@group(0) @binding(0) var<storage, read_write> target_: array<f32>;
@group(0) @binding(1) var<storage, read> source: array<f32>;

@compute @workgroup_size(64)
fn main(@builtin(global_invocation_id) gid: vec3u, @builtin(num_workgroups) nwg: vec3u) {
  let i = linear(gid, nwg);
  if (i < N) {
    target_[i] = source[i];
  }
}
