// out[i] = value(i) in 16 bits; one thread per pair of neighbours, which share a word.
//#include lib/index.wgsl
//#include lib/half.wgsl
const N: u32 = 1u;

@group(0) @binding(0) var<storage, read_write> out: array<u32>;

//#hook
fn value(i: u32) -> f32 {
  return 0.0;
}

@compute @workgroup_size(64)
fn main(@builtin(global_invocation_id) gid: vec3u, @builtin(num_workgroups) nwg: vec3u) {
  let pair = linear(gid, nwg);
  let i = 2u * pair;
  if (i < N) {
    out[pair] = halves(vec2f(value(i), value(min(i + 1u, N - 1u))));
  }
}
