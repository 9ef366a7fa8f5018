// out[i] = value(i) in 16 bits; one thread per pair of neighbours, which share a word. Beyond ±65504: that.
//#include lib/index.wgsl
const N: u32 = 1u;
//#fixed
const MOST: f32 = 65504.0;

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
    let second = value(min(i + 1u, N - 1u));
    out[pair] = pack2x16float(clamp(vec2f(value(i), second), vec2f(-MOST), vec2f(MOST)));
  }
}
