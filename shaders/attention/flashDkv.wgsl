// dk_j = Σ_i SCALE·ds_ij q_i, dv_j = Σ_i p_ij do_i with ds = p ∘ (do·vᵀ − δ), p = exp(scores − lse); a thread owns 4 keys, walks 16 queries at a time and keeps its 4 × (D + E) results in registers
//#if SUBGROUP4
enable subgroups;
diagnostic(off, subgroup_uniformity);
//#endif
//#include attention/tile.wgsl
//#include attention/mix.wgsl
//#include attention/mixB.wgsl
//#include attention/tile2.wgsl
//#if REL
//#include attention/rel.wgsl
//#endif
// Columns of the result: dk, dv.
//#include attention/gradOperands.wgsl
const GROUP: u32 = 32u;
//#include attention/put.wgsl

// Probabilities of query i with own keys row … row + 3; 0 beyond the last query.
fn weights(s: vec4f, z: u32, row: u32, i: u32) -> vec4f {
  let n = min(i, OTHERS - 1u);
  var t = s * SCALE - stats[z * OTHERS + n].x;
//#if REL
  t += rel4(relRow(z, n), row);
//#endif
  return select(vec4f(), exp(t), i < OTHERS);
}
fn delta(z: u32, i: u32) -> f32 { return stats[z * OTHERS + min(i, OTHERS - 1u)].y; }

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
  let values = xRows(z, row);
  var k0 = Block(); var k1 = Block(); var k2 = Block(); var k3 = Block(); var k4 = Block();
  var v0 = Block(); var v1 = Block(); var v2 = Block(); var v3 = Block(); var v4 = Block();
  for (var j = 0u; j < OTHERS; j += 16u) {
    let s = scores(own, z, j, lane);
    let t = products(values, z, j, lane);
    for (var g = 0u; g < QUADS; g++) {
      let i = j + 4u * g;
      // By query, so that a column holds what one query has with the four own keys.
      let sg = transpose(quad(s, g));
      let tg = transpose(quad(t, g));
      let q = mat4x4f(weights(sg[0], z, row, i), weights(sg[1], z, row, i + 1u), weights(sg[2], z, row, i + 2u), weights(sg[3], z, row, i + 3u));
      let ds = transpose(mat4x4f(q[0] * (tg[0] - delta(z, i)), q[1] * (tg[1] - delta(z, i + 1u)), q[2] * (tg[2] - delta(z, i + 2u)), q[3] * (tg[3] - delta(z, i + 3u))));
      let p = transpose(q);
      let bAt = bRows(z, i);
      let fAt = fRows(z, i);
      k0 = mixB(k0, bAt, 0u, lane, ds);
      if (D4 > 4u) { k1 = mixB(k1, bAt, 1u, lane, ds); }
      if (D4 > 8u) { k2 = mixB(k2, bAt, 2u, lane, ds); }
      if (D4 > 12u) { k3 = mixB(k3, bAt, 3u, lane, ds); }
      if (D4 > 16u) { k4 = mixB(k4, bAt, 4u, lane, ds); }
      v0 = mixF(v0, fAt, 0u, lane, p);
      if (E4 > 4u) { v1 = mixF(v1, fAt, 1u, lane, p); }
      if (E4 > 8u) { v2 = mixF(v2, fAt, 2u, lane, p); }
      if (E4 > 12u) { v3 = mixF(v3, fAt, 3u, lane, p); }
      if (E4 > 16u) { v4 = mixF(v4, fAt, 4u, lane, p); }
    }
  }
  let w = vec4f(SCALE);
  let at = (z * OWN + row) * ROW;
  put(scaled(k0, w), at, row, 0u, D);
  if (D4 > 4u) { put(scaled(k1, w), at, row, 1u, D); }
  if (D4 > 8u) { put(scaled(k2, w), at, row, 2u, D); }
  if (D4 > 12u) { put(scaled(k3, w), at, row, 3u, D); }
  if (D4 > 16u) { put(scaled(k4, w), at, row, 4u, D); }
  put(v0, at + D, row, 0u, E);
  if (E4 > 4u) { put(v1, at + D, row, 1u, E); }
  if (E4 > 8u) { put(v2, at + D, row, 2u, E); }
  if (E4 > 12u) { put(v3, at + D, row, 3u, E); }
  if (E4 > 16u) { put(v4, at + D, row, 4u, E); }
}
