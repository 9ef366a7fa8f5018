// dq_i = Σ_j SCALE·ds_ij k_j, drelH[i, y] = Σ_x ds_i,(y,x), drelW[i, x] = Σ_y ds_i,(y,x) with ds = p ∘ (do·vᵀ − δ), p = exp(scores − lse); 128 threads own 64 queries of a head, tiles of 64 keys pass through workgroup memory
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

fn slopes(s: mat4x4f, u: mat4x4f, band: mat4x4f, h: vec4f, z: u32, n: u32, k: u32) -> mat4x4f {
  return mat4x4f(
    slope(s[0], u[0], terms(z, n, k, band[0], h.x), z, n, k),
    slope(s[1], u[1], terms(z, n + 4u, k, band[1], h.y), z, n + 4u, k),
    slope(s[2], u[2], terms(z, n + 8u, k, band[2], h.z), z, n + 8u, k),
    slope(s[3], u[3], terms(z, n + 12u, k, band[3], h.w), z, n + 12u, k),
  );
}

//#if REL
// Sums of the kept 32 keys' ds over the key map's columns (half of the threads) and rows (the others): one thread a query, so no two write to one place.
fn gather(z: u32, row: u32, j: u32, t: u32) {
  let mine = t % 64u;
  if (row + mine >= OWN) { return; }
  let at = (z * OWN + row + mine) * ROW + D;
  var sum = 0.0;
  for (var i = 0u; i < 32u; i++) {
    let m = j + i;
    if (m >= KH * KW) { return; }
    let v = pt[i * 16u + ((mine / 16u * 4u + mine % 4u) ^ (i % 8u))][mine % 16u / 4u];
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

// Of a band: sums over the columns of the tile's halves (of the tile, where its map row is that long) lie in pt by own row; they are added up and go to the map's rows.
fn gatherRow(z: u32, row: u32, j: u32, t: u32) {
  let ty = t % 16u;
  let part = t / 16u;
  if (part > 1u || (part == 1u && (KW != 32u || !hasHigh(j)))) { return; }
  var sum = vec4f();
  for (var i = 0u; i < 8u; i++) { sum += pt[part * 128u + i * 16u + (ty ^ i)]; }
  let n = row + ty / 4u * 16u + ty % 4u;
  for (var r = 0u; r < 4u; r++) {
    let at = (z * OWN + n + 4u * r) * ROW + D + (j + 32u * part) / KW;
    if (n + 4u * r >= OWN) { return; }
    // A second band comes to the same rows.
    if (j % KW > 0u) { o[at] += sum[r]; } else { o[at] = sum[r]; }
  }
}
// A band is done: sums of 32 columns over all rows of the map.
fn putBand(m: mat4x4f, z: u32, n: u32, x: u32) {
  for (var r = 0u; r < 4u; r++) {
    if (n + 4u * r >= OWN) { return; }
    let at = (z * OWN + n + 4u * r) * ROW + D + KH + x;
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
  let n = row + ownRow(t);
  let mine = t % 8u * 16u + ((t / 8u) ^ (t % 8u));
  var acc = Pair();
  var last = mat4x4f();
  var columnSums = Pair();
//#if REL
  if (!BANDS) { clear(z, row, t); }
//#endif
  for (var tile = 0u; tile < TILES; tile++) {
    let j = tileAt(tile);
    let k = j + t % 8u;
    if (begins(tile)) { columnSums = Pair(); }
    let s = scoresWg(z, row, j, t);
    let u = productsWg(z, row, j, t);
    // A band's terms are read again for every tile: there are no registers to keep them in.
    var band = Pair();
    if (BANDS) { band = Pair(bandTerms(z, n, k), bandTerms(z, n, k + 32u)); }
    let low = slopes(s.l, u.l, band.l, rowTerms(z, n, j / KW), z, n, k);
    let high = slopes(s.h, u.h, band.h, rowTerms(z, n, (j + 32u) / KW), z, n, k + 32u);
//#if REL
    if (BANDS) {
      columnSums = Pair(columnSums.l + low, columnSums.h + high);
      let sums = vec4f(1.0) * low;
      let highs = vec4f(1.0) * high;
      pt[mine] = select(sums + highs, sums, KW == 32u);
      pt[mine + 128u] = highs;
      workgroupBarrier();
      gatherRow(z, row, j, t);
    }
    if (ends(tile) && KW == 32u) { putBand(columnSums.l + columnSums.h, z, n, k % KW); }
    if (ends(tile) && KW != 32u) {
      putBand(columnSums.l, z, n, k % KW);
      putBand(columnSums.h, z, n, k % KW + 32u);
    }
//#endif
    for (var part = 0u; part < 2u; part++) {
      let at = j + 32u * part;
      if (at >= OTHERS) { break; }
      workgroupBarrier();
      if (part == 0u) { keepWeights(low, t); } else { keepWeights(high, t); }
      stageB(z, at, t);
      workgroupBarrier();
//#if REL
      if (!BANDS) { gather(z, row, at, t); }
//#endif
      acc = mixWg(acc, row, at, t, D4 > 8u);
      if (D4 > 16u) {
        workgroupBarrier();
        stageLastB(z, at, t);
        workgroupBarrier();
        last = mixLast(last, t);
      }
    }
  }
  let at = z * OWN * ROW;
  putWg(acc.l * SCALE, at, row, 0u, t, D);
  if (D4 > 8u) { putWg(acc.h * SCALE, at, row, 1u, t, D); }
  if (D4 > 16u) { putWg(last * SCALE, at, row, 2u, t, D); }
}
