// y[i] = x[i], four numbers at a time: what the memory gives at most. A thread per vec4.
//#include lib/index.wgsl
const N: u32 = 1u;

@group(0) @binding(0) var<storage, read> x: array<vec4f>;
@group(0) @binding(1) var<storage, read_write> y: array<vec4f>;

@compute @workgroup_size(64)
fn main(@builtin(global_invocation_id) gid: vec3u, @builtin(num_workgroups) nwg: vec3u) {
  let i = linear(gid, nwg);
  if (i < N) {
    y[i] = x[i];
  }
}
