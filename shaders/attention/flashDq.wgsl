// dq_i = Σ_j SCALE·ds_ij k_j, drelH[i, y] = Σ_x ds_i,(y,x), drelW[i, x] = Σ_y ds_i,(y,x) with ds = p ∘ (do·vᵀ − δ), p = exp(scores − lse); a thread owns 4 queries and walks 16 keys at a time, sums of ds gather in its own rows of the output
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
// Columns of the result: dq, drelH, drelW.
//#include attention/gradOperands.wgsl
const GROUP: u32 = 32u;
//#include attention/put.wgsl

// Scores of own row n (column of s) and keys j … j + 3.
fn biased(s: vec4f, z: u32, n: u32, j: u32) -> vec4f {
//#if REL
  return s * SCALE + rel4(relRow(z, n), j);
//#else
  return s * SCALE;
//#endif
}
fn slope(s: vec4f, t: vec4f, z: u32, row: u32, j: u32) -> vec4f {
  let n = min(row, OWN - 1u);
  let st = stats[z * OWN + n];
  let ds = exp(biased(s, z, n, j) - st.x) * (t - st.y);
  return select(vec4f(), ds, j + IOTA < vec4u(OTHERS));
}

//#if REL
// Sums of ds over the key map's columns and rows, in the thread's own row of the output.
fn gather(ds: vec4f, z: u32, n: u32, j: u32) {
  let at = (z * OWN + n) * ROW + D;
  if (n >= OWN) { return; }
  for (var i = 0u; i < 4u; i++) {
    let m = j + i;
    if (m >= KH * KW) { return; }
    let v = select(select(ds.x, ds.y, i == 1u), select(ds.z, ds.w, i == 3u), i > 1u);
    o[at + m / KW] += v;
    o[at + KH + m % KW] += v;
  }
}
fn clear(z: u32, row: u32) {
  for (var r = row; r < min(row + 4u, OWN); r++) {
    for (var c = D; c < D + KH + KW; c++) { o[(z * OWN + r) * ROW + c] = 0.0; }
  }
}
//#endif

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
  let grads = xRows(z, row);
  var o0 = Block();
  var o1 = Block();
  var o2 = Block();
  var o3 = Block();
  var o4 = Block();
//#if REL
  clear(z, row);
//#endif
  for (var j = 0u; j < OTHERS; j += 16u) {
    let s = scores(own, z, j, lane);
    let t = products(grads, z, j, lane);
    for (var g = 0u; g < QUADS; g++) {
      let k = j + 4u * g;
      let sg = quad(s, g);
      let tg = quad(t, g);
      let ds = mat4x4f(slope(sg[0], tg[0], z, row, k), slope(sg[1], tg[1], z, row + 1u, k), slope(sg[2], tg[2], z, row + 2u, k), slope(sg[3], tg[3], z, row + 3u, k));
//#if REL
      gather(ds[0], z, row, k);
      gather(ds[1], z, row + 1u, k);
      gather(ds[2], z, row + 2u, k);
      gather(ds[3], z, row + 3u, k);
//#endif
      let at = bRows(z, k);
      o0 = mixB(o0, at, 0u, lane, ds);
      if (D4 > 4u) { o1 = mixB(o1, at, 1u, lane, ds); }
      if (D4 > 8u) { o2 = mixB(o2, at, 2u, lane, ds); }
      if (D4 > 12u) { o3 = mixB(o3, at, 3u, lane, ds); }
      if (D4 > 16u) { o4 = mixB(o4, at, 4u, lane, ds); }
    }
  }
  let w = vec4f(SCALE);
  let at = (z * OWN + row) * ROW;
  put(scaled(o0, w), at, row, 0u, D);
  if (D4 > 4u) { put(scaled(o1, w), at, row, 1u, D); }
  if (D4 > 8u) { put(scaled(o2, w), at, row, 2u, D); }
  if (D4 > 12u) { put(scaled(o3, w), at, row, 3u, D); }
  if (D4 > 16u) { put(scaled(o4, w), at, row, 4u, D); }
}
