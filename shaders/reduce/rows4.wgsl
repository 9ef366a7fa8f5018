// out[o, p] = FACTOR · Σ (or max, min) of value(o·LENGTH + r) over r in [p·CHUNK, min((p+1)·CHUNK, LENGTH)); a workgroup of 64 threads a result, four
// neighbours at a time. LENGTH and CHUNK are multiples of four. Then the 64 are added up in a fixed tree. For GPUs and rows that lie in one piece.
//#include lib/row.wgsl
const ROWS: u32 = 1u;
const LENGTH: u32 = 4u;
const PARTS: u32 = 1u;
const CHUNK: u32 = 4u;
const FACTOR: f32 = 1.0;
// 0 sum, 1 max, 2 min.
const KIND: u32 = 0u;

@group(0) @binding(0) var<storage, read_write> out: array<f32>;

//#hook
fn value(i: u32) -> vec4f {
  return vec4f();
}

fn join(x: vec4f, y: vec4f) -> vec4f {
  if (KIND == 0u) { return x + y; }
  if (KIND == 1u) { return max(x, y); }
  return min(x, y);
}

@compute @workgroup_size(64)
fn main(@builtin(workgroup_id) wid: vec3u, @builtin(num_workgroups) nwg: vec3u, @builtin(local_invocation_index) lid: u32) {
  let i = row_of(wid, nwg);
  if (i >= ROWS * PARTS) { return; }
  let row = (i / PARTS) * LENGTH;
  let start = row + (i % PARTS) * CHUNK;
  let end = min(start + CHUNK, row + LENGTH);
  // Threads beyond the end repeat the first elements where that changes nothing, and add zero where it would.
  var acc = vec4f();
  var r = start + 4u * lid;
  if (r < end) {
    acc = value(r);
    // Four loads under way at a time.
    for (r += 256u; r + 768u < end; r += 1024u) {
      let a = join(value(r), value(r + 256u));
      acc = join(acc, join(a, join(value(r + 512u), value(r + 768u))));
    }
    for (; r < end; r += 256u) { acc = join(acc, value(r)); }
  } else if (KIND != 0u) {
    acc = value(start);
  }
  var all = row_sum(lid, acc.x + acc.y + acc.z + acc.w);
  if (KIND == 1u) { all = row_max(lid, max(max(acc.x, acc.y), max(acc.z, acc.w))); }
  if (KIND == 2u) { all = -row_max(lid, max(max(-acc.x, -acc.y), max(-acc.z, -acc.w))); }
  if (lid == 0u) { out[i] = all * FACTOR; }
}
