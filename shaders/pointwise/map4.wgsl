// out[i] = value(i) for EACH times four neighbours i a thread. `value` is a fused chain of pointwise ops, written by the plan.
// HALF: in 16 bits. TAIL: the number of elements is no multiple of four.
//#include lib/index.wgsl
const N: u32 = 4u;
const EACH: u32 = 1u;

//#if HALF
//#include lib/half.wgsl
@group(0) @binding(0) var<storage, read_write> out: array<vec2u>;
//#endif
//#if TAIL
@group(0) @binding(0) var<storage, read_write> out: array<f32>;
//#endif
//#if WHOLE
@group(0) @binding(0) var<storage, read_write> out: array<vec4f>;
//#endif

//#hook
fn value(i: u32) -> vec4f {
  return vec4f();
}

@compute @workgroup_size(64)
fn main(@builtin(global_invocation_id) gid: vec3u, @builtin(num_workgroups) nwg: vec3u) {
  let first = linear(gid, nwg) * EACH;
  for (var four = first; four < first + EACH; four++) {
    let i = 4u * four;
    if (i >= N) {
      return;
    }
    let v = value(i);
//#if HALF
    out[four] = vec2u(halves(v.xy), halves(v.zw));
//#endif
//#if TAIL
    out[i] = v.x;
    if (i + 1u < N) { out[i + 1u] = v.y; }
    if (i + 2u < N) { out[i + 2u] = v.z; }
    if (i + 3u < N) { out[i + 3u] = v.w; }
//#endif
//#if WHOLE
    out[four] = v;
//#endif
  }
}
