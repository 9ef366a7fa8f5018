// dq_i = Σ_j SCALE·ds_ij k_j, drelH[i, y] = Σ_x ds_i,(y,x), drelW[i, x] = Σ_y ds_i,(y,x) with ds = p ∘ (do·vᵀ − δ), p = exp(scores − lse); 128 threads own 64 queries of a head, tiles of 32 keys pass through workgroup memory
//#include attention/tile.wgsl
//#include attention/mix.wgsl
//#include attention/tile2.wgsl
//#if REL
//#include attention/rel.wgsl
//#endif
// Columns of the result: dq, drelH, drelW.
//#include attention/gradOperands.wgsl
//#include attention/put.wgsl
//#include attention/wgTile.wgsl
//#include attention/wgTile2.wgsl

// ds of own row n and keys j, j + 8, j + 16, j + 24.
fn slope(s: vec4f, u: vec4f, z: u32, row: u32, j: u32) -> vec4f {
  let n = min(row, OWN - 1u);
  let st = stats[z * OWN + n];
  var v = s * SCALE - st.x;
//#if REL
  let at = relRow(z, n);
  v += vec4f(rel1(at, j), rel1(at, j + 8u), rel1(at, j + 16u), rel1(at, j + 24u));
//#endif
  return select(vec4f(), exp(v) * (u - st.y), j + 8u * IOTA < vec4u(OTHERS));
}

//#if REL
// Sums of the tile's ds over the key map's columns (half of the threads) and rows (the others): one thread a query, so no two write to one place.
fn gather(z: u32, row: u32, j: u32, t: u32) {
  let mine = t % 64u;
  if (row + mine >= OWN) { return; }
  let at = (z * OWN + row + mine) * ROW + D;
  var sum = 0.0;
  for (var i = 0u; i < 32u; i++) {
    let m = j + i;
    if (m >= KH * KW) { return; }
    let v = pt[i * 16u + mine % 16u][mine / 16u];
    if (t >= 64u) {
      o[at + KH + m % KW] += v;
      continue;
    }
    sum += v;
    if ((m + 1u) % KW == 0u || i == 31u) {
      o[at + m / KW] += sum;
      sum = 0.0;
    }
  }
}
fn clear(z: u32, row: u32, t: u32) {
  let mine = t % 64u;
  if (row + mine >= OWN) { return; }
  let at = (z * OWN + row + mine) * ROW + D;
  if (t < 64u) { for (var c = 0u; c < KH; c++) { o[at + c] = 0.0; } }
  else { for (var c = 0u; c < KW; c++) { o[at + KH + c] = 0.0; } }
}
//#endif

@compute @workgroup_size(128)
fn main(@builtin(workgroup_id) wid: vec3u, @builtin(num_workgroups) nwg: vec3u, @builtin(local_invocation_index) t: u32) {
  let block = wid.y * nwg.x + wid.x;
  if (block >= BLOCKS * BATCH * HEADS) { return; }
  let z = block / BLOCKS;
  let row = block % BLOCKS * 64u;
  let n = row + t / 8u;
  var o0 = mat4x4f();
  var o1 = mat4x4f();
  var o2 = mat4x4f();
//#if REL
  clear(z, row, t);
//#endif
  for (var j = 0u; j < OTHERS; j += 32u) {
    let s = scoresWg(z, row, j, t);
    let u = productsWg(z, row, j, t);
    let k = j + t % 8u;
    keepWeights(mat4x4f(slope(s[0], u[0], z, n, k), slope(s[1], u[1], z, n + 16u, k), slope(s[2], u[2], z, n + 32u, k), slope(s[3], u[3], z, n + 48u, k)), t);
    stageB(z, j, 0u, t);
//#if REL
    gather(z, row, j, t);
//#endif
    o0 = mixWg(o0, t);
    if (D4 > 8u) {
      stageB(z, j, 1u, t);
      o1 = mixWg(o1, t);
    }
    if (D4 > 16u) {
      stageB(z, j, 2u, t);
      o2 = mixWg(o2, t);
    }
  }
  let at = z * OWN * ROW;
  putWg(o0 * SCALE, at, row, 0u, t, D);
  if (D4 > 8u) { putWg(o1 * SCALE, at, row, 1u, t, D); }
  if (D4 > 16u) { putWg(o2 * SCALE, at, row, 2u, t, D); }
}
