// out[o, p] = FACTOR · Σ (or max, min) of value(o·LENGTH + r) over r in [p·CHUNK, min((p+1)·CHUNK, LENGTH)); eight results a workgroup, 32 threads each.
// A thread takes every 32nd r in order, then the 32 are added up in a fixed tree. For GPUs, where one thread a result waits for memory.
const ROWS: u32 = 1u;
const LENGTH: u32 = 1u;
const PARTS: u32 = 1u;
const CHUNK: u32 = 1u;
const FACTOR: f32 = 1.0;
// 0 sum, 1 max, 2 min.
const KIND: u32 = 0u;

@group(0) @binding(0) var<storage, read_write> out: array<f32>;

var<workgroup> parts: array<f32, 256>;
var<workgroup> quarters: array<f32, 32>;

//#hook
fn value(i: u32) -> f32 {
  return 0.0;
}

fn join(x: f32, y: f32) -> f32 {
  if (KIND == 0u) { return x + y; }
  if (KIND == 1u) { return max(x, y); }
  return min(x, y);
}

// Neighbouring threads have neighbouring results: columns of a matrix are summed with whole cache lines.
@compute @workgroup_size(8, 32)
fn main(@builtin(workgroup_id) wid: vec3u, @builtin(num_workgroups) nwg: vec3u, @builtin(local_invocation_id) lid: vec3u) {
  let i = min((wid.y * nwg.x + wid.x) * 8u + lid.x, ROWS * PARTS - 1u);
  let row = (i / PARTS) * LENGTH;
  let start = row + (i % PARTS) * CHUNK;
  let end = min(start + CHUNK, row + LENGTH);
  // Threads beyond the end repeat the first element where that changes nothing, and add zero where it would.
  var acc = 0.0;
  if (start + lid.y < end) {
    acc = value(start + lid.y);
    for (var r = start + lid.y + 32u; r < end; r += 32u) { acc = join(acc, value(r)); }
  } else if (KIND != 0u) {
    acc = value(start);
  }
  let at = lid.y * 8u + lid.x;
  parts[at] = acc;
  workgroupBarrier();
  if (lid.y < 4u) {
    for (var y = lid.y + 4u; y < 32u; y += 4u) { acc = join(acc, parts[y * 8u + lid.x]); }
    quarters[at] = acc;
  }
  workgroupBarrier();
  if (lid.y == 0u) {
    for (var y = 1u; y < 4u; y++) { acc = join(acc, quarters[y * 8u + lid.x]); }
    out[i] = acc * FACTOR;
  }
}
