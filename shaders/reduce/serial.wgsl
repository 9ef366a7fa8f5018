// out[o, p] = Σ (or max, min) of value(o·LENGTH + r) over r in [p·CHUNK, min((p+1)·CHUNK, LENGTH)); one thread per result.
//#include lib/index.wgsl
const ROWS: u32 = 1u;
const LENGTH: u32 = 1u;
const PARTS: u32 = 1u;
const CHUNK: u32 = 1u;
// 0 sum, 1 max, 2 min.
const KIND: u32 = 0u;

@group(0) @binding(0) var<storage, read_write> out: array<f32>;

//#hook
fn value(i: u32) -> f32 {
  return 0.0;
}

@compute @workgroup_size(64)
fn main(@builtin(global_invocation_id) gid: vec3u, @builtin(num_workgroups) nwg: vec3u) {
  let i = linear(gid, nwg);
  if (i >= ROWS * PARTS) {
    return;
  }
  let row = (i / PARTS) * LENGTH;
  let start = row + (i % PARTS) * CHUNK;
  let end = min(start + CHUNK, row + LENGTH);
  var acc = value(start);
  for (var r = start + 1u; r < end; r++) {
    let v = value(r);
    if (KIND == 0u) {
      acc += v;
    } else if (KIND == 1u) {
      acc = max(acc, v);
    } else {
      acc = min(acc, v);
    }
  }
  out[i] = acc;
}
