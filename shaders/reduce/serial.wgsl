// out[o, p] = FACTOR · Σ (or max, min) of value(o·LENGTH + r) over r in [p·CHUNK, min((p+1)·CHUNK, LENGTH)); one thread per result.
// Runs of 64 are added up before they are added together: rounding grows with the number of runs, not of values.
const ROWS: u32 = 1u;
const LENGTH: u32 = 1u;
const PARTS: u32 = 1u;
const CHUNK: u32 = 1u;
const FACTOR: f32 = 1.0;
const SIZE: u32 = 64u;
// 0 sum, 1 max, 2 min.
const KIND: u32 = 0u;

@group(0) @binding(0) var<storage, read_write> out: array<f32>;

//#hook
fn value(i: u32) -> f32 {
  return 0.0;
}

fn join(x: f32, y: f32) -> f32 {
  if (KIND == 0u) { return x + y; }
  if (KIND == 1u) { return max(x, y); }
  return min(x, y);
}

@compute @workgroup_size(SIZE)
fn main(@builtin(global_invocation_id) gid: vec3u, @builtin(num_workgroups) nwg: vec3u) {
  let i = gid.y * nwg.x * SIZE + gid.x;
  if (i >= ROWS * PARTS) {
    return;
  }
  let row = (i / PARTS) * LENGTH;
  let start = row + (i % PARTS) * CHUNK;
  let end = min(start + CHUNK, row + LENGTH);
  var acc = value(start);
  var first = start + 1u;
  for (var to = min(start + 64u, end); first < end; to = min(to + 64u, end)) {
    var part = value(first);
    for (var r = first + 1u; r < to; r++) { part = join(part, value(r)); }
    acc = join(acc, part);
    first = to;
  }
  out[i] = acc * FACTOR;
}
