// o_i = Σ_j softmax_j(SCALE · q_i·k_j + relH[i, j / KW] + relW[i, j % KW]) · v_j and lse_i = log Σ_j exp(…); a thread owns 4 queries, walks 16 keys at a time with a running maximum and keeps its 4 × E results in registers
//#if SUBGROUP4
enable subgroups;
diagnostic(off, subgroup_uniformity);
//#endif
//#include attention/tile.wgsl
//#include attention/mix.wgsl
//#if REL
//#include attention/rel.wgsl
//#endif
//#include attention/operands.wgsl
const GROUP: u32 = 32u;
//#include attention/put.wgsl

fn biased(s: mat4x4f, z: u32, row: u32, j: u32) -> mat4x4f {
  var t = s * SCALE;
//#if REL
  let n = min(row + IOTA, vec4u(OWN - 1u));
  t += mat4x4f(rel4(relRow(z, n.x), j), rel4(relRow(z, n.y), j), rel4(relRow(z, n.z), j), rel4(relRow(z, n.w), j));
//#endif
  if (OTHERS % 16u == 0u) { return t; }
  let on = j + IOTA < vec4u(OTHERS);
  let low = vec4f(LOWEST);
  return mat4x4f(select(low, t[0], on), select(low, t[1], on), select(low, t[2], on), select(low, t[3], on));
}
//#if SUBGROUP4
@compute @workgroup_size(GROUP)
fn main(@builtin(global_invocation_id) gid: vec3u, @builtin(num_workgroups) nwg: vec3u, @builtin(subgroup_invocation_id) lane: u32) {
//#else
@compute @workgroup_size(GROUP)
fn main(@builtin(global_invocation_id) gid: vec3u, @builtin(num_workgroups) nwg: vec3u) {
  let lane = gid.x % 4u;
//#endif
  let block = (gid.y * nwg.x * GROUP + gid.x) / 4u;
  // Threads beyond the last block have no rows: all lanes of a subgroup must run the loop.
  let z = min(block / BLOCKS, BATCH * HEADS - 1u);
  let row = select(block % BLOCKS * 16u + lane * 4u, OWN, block >= BLOCKS * BATCH * HEADS);
  let own = aRows(z, row);
  var top = vec4f(LOWEST);
  var sum = vec4f();
  var o0 = Block();
  var o1 = Block();
  var o2 = Block();
  var o3 = Block();
  var o4 = Block();
  for (var j = 0u; j < OTHERS; j += 16u) {
    var t = scores(own, z, j, lane);
    var above = top;
    for (var g = 0u; g < QUADS; g++) {
      let s = biased(quad(t, g), z, row, j + 4u * g);
      t = withQuad(t, g, s);
      above = max(above, vec4f(highest(s[0]), highest(s[1]), highest(s[2]), highest(s[3])));
    }
    let keep = exp(top - above);
    top = above;
    sum *= keep;
    o0 = scaled(o0, keep);
    if (E4 > 4u) { o1 = scaled(o1, keep); }
    if (E4 > 8u) { o2 = scaled(o2, keep); }
    if (E4 > 12u) { o3 = scaled(o3, keep); }
    if (E4 > 16u) { o4 = scaled(o4, keep); }
    for (var g = 0u; g < QUADS; g++) {
      let s = quad(t, g);
      let p = mat4x4f(exp(s[0] - top.x), exp(s[1] - top.y), exp(s[2] - top.z), exp(s[3] - top.w));
      let at = fRows(z, j + 4u * g);
      sum += vec4f(total(p[0]), total(p[1]), total(p[2]), total(p[3]));
      o0 = mixF(o0, at, 0u, lane, p);
      if (E4 > 4u) { o1 = mixF(o1, at, 1u, lane, p); }
      if (E4 > 8u) { o2 = mixF(o2, at, 2u, lane, p); }
      if (E4 > 12u) { o3 = mixF(o3, at, 3u, lane, p); }
      if (E4 > 16u) { o4 = mixF(o4, at, 4u, lane, p); }
    }
  }
  let w = 1.0 / sum;
  let at = (z / HEADS * OWN + row) * ROW + z % HEADS * E;
  put(scaled(o0, w), at, row, 0u, E);
  if (E4 > 4u) { put(scaled(o1, w), at, row, 1u, E); }
  if (E4 > 8u) { put(scaled(o2, w), at, row, 2u, E); }
  if (E4 > 12u) { put(scaled(o3, w), at, row, 3u, E); }
  if (E4 > 16u) { put(scaled(o4, w), at, row, 4u, E); }
  for (var r = 0u; r < 4u; r++) {
    if (row + r < OWN) { o[(z / HEADS * OWN + row + r) * ROW + HEADS * E + z % HEADS] = top[r] + log(sum[r]); }
  }
}
