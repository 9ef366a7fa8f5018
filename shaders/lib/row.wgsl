// Sums and maximum over the 64 threads of a workgroup, eight by eight in a fixed order; all threads get the result. For kernels
// of one workgroup a row. Two barriers each: a thread that is ahead writes only what nobody reads any more.
var<workgroup> row_parts: array<vec2f, 64>;
var<workgroup> row_eighths: array<vec2f, 8>;

// Row of a workgroup whose numbers were folded into y beyond 65535.
fn row_of(wid: vec3u, nwg: vec3u) -> u32 {
  return wid.y * nwg.x + wid.x;
}

// Two sums at once.
fn row_sums(lid: u32, v: vec2f) -> vec2f {
  row_parts[lid] = v;
  workgroupBarrier();
  if (lid < 8u) {
    var part = row_parts[lid];
    for (var i = 8u; i < 64u; i += 8u) { part += row_parts[lid + i]; }
    row_eighths[lid] = part;
  }
  workgroupBarrier();
  var sum = row_eighths[0];
  for (var i = 1u; i < 8u; i++) { sum += row_eighths[i]; }
  return sum;
}

fn row_sum(lid: u32, v: f32) -> f32 {
  return row_sums(lid, vec2f(v, 0.0)).x;
}

fn row_max(lid: u32, v: f32) -> f32 {
  row_parts[lid].x = v;
  workgroupBarrier();
  if (lid < 8u) {
    var part = row_parts[lid].x;
    for (var i = 8u; i < 64u; i += 8u) { part = max(part, row_parts[lid + i].x); }
    row_eighths[lid].x = part;
  }
  workgroupBarrier();
  var top = row_eighths[0].x;
  for (var i = 1u; i < 8u; i++) { top = max(top, row_eighths[i].x); }
  return top;
}
