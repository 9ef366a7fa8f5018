// dq_i = Σ_j SCALE·ds_ij k_j, drelH[i, y] = Σ_x ds_i,(y,x), drelW[i, x] = Σ_y ds_i,(y,x) with ds = p ∘ (do·vᵀ − δ), p = exp(scores − lse); 128 threads own 64 queries of a head, tiles of 32 keys pass through workgroup memory
//#include attention/tile.wgsl
//#include attention/mix.wgsl
//#include attention/tile2.wgsl
// Columns of the result: dq, drelH, drelW.
//#include attention/gradOperands.wgsl
//#include attention/put.wgsl
//#include attention/wgTile.wgsl
//#include attention/wgTile2.wgsl
//#include attention/wgRel.wgsl

// ds of own row n and keys j, j + 8, j + 16, j + 24.
fn slope(s: vec4f, u: vec4f, bias: vec4f, z: u32, row: u32, j: u32) -> vec4f {
  let st = stats[z * OWN + min(row, OWN - 1u)];
  return select(vec4f(), exp(s * SCALE - st.x + bias) * (u - st.y), j + 8u * IOTA < vec4u(OTHERS));
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

// Of a band: each thread's sums over the columns of a tile, by own row; they are added up and go to the map's row y.
var<workgroup> parts: array<vec4f, 128>;
fn gatherRow(z: u32, row: u32, y: u32, t: u32) {
  if (t >= 16u) { return; }
  var sum = vec4f();
  for (var i = 0u; i < 8u; i++) { sum += parts[t * 8u + i]; }
  for (var r = 0u; r < 4u; r++) {
    let n = row + t + 16u * r;
    if (n < OWN) { o[(z * OWN + n) * ROW + D + y] += sum[r]; }
  }
}
// A band is done: its columns' sums over all rows of the map.
fn putBand(m: mat4x4f, z: u32, n: u32, x: u32) {
  for (var r = 0u; r < 4u; r++) {
    if (n + 16u * r >= OWN) { return; }
    let at = (z * OWN + n + 16u * r) * ROW + D + KH + x;
    for (var i = 0u; i < 4u; i++) { o[at + 8u * i] = m[r][i]; }
  }
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
  var band = mat4x4f();
  var columnSums = mat4x4f();
  for (var tile = 0u; tile < TILES; tile++) {
    let j = tileAt(tile);
    let k = j + t % 8u;
    if (begins(tile)) {
      band = bandTerms(z, n, k);
      columnSums = mat4x4f();
    }
    let h = rowTerms(z, n, j / KW);
    let s = scoresWg(z, row, j, t);
    let u = productsWg(z, row, j, t);
    let ds = mat4x4f(
      slope(s[0], u[0], terms(z, n, k, band[0], h.x), z, n, k),
      slope(s[1], u[1], terms(z, n + 16u, k, band[1], h.y), z, n + 16u, k),
      slope(s[2], u[2], terms(z, n + 32u, k, band[2], h.z), z, n + 32u, k),
      slope(s[3], u[3], terms(z, n + 48u, k, band[3], h.w), z, n + 48u, k),
    );
    keepWeights(ds, t);
//#if REL
    if (BANDS) {
      columnSums += ds;
      parts[t] = vec4f(1.0) * ds;
    }
//#endif
    stageB(z, j, 0u, t);
//#if REL
    if (BANDS) { gatherRow(z, row, j / KW, t); }
    else { gather(z, row, j, t); }
    if (ends(tile)) { putBand(columnSums, z, n, k % KW); }
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
