// o_i = Σ_j softmax_j(SCALE · q_i·k_j + relH[i, j / KW] + relW[i, j % KW]) · v_j and lse_i = log Σ_j exp(…); 64 threads own 64 queries of a head, tiles of 64 keys pass through workgroup memory
//#include attention/tile.wgsl
//#include attention/mix.wgsl
//#include attention/operands.wgsl
//#include attention/put.wgsl
//#include attention/wgTile.wgsl
//#include attention/wgTwo.wgsl
//#include attention/wgRel.wgsl

// Scores of own row n and keys j, j + 8, j + 16, j + 24.
fn biased(s: vec4f, bias: vec4f, j: u32) -> vec4f {
  return select(vec4f(LOWEST), s * SCALE + bias, j + 8u * IOTA < vec4u(OTHERS));
}
fn biasedHalf(s: mat4x4f, band: mat4x4f, h: vec4f, z: u32, n: u32, k: u32) -> mat4x4f {
  return mat4x4f(
    biased(s[0], terms(z, n, k, band[0], h.x), k),
    biased(s[1], terms(z, n + 4u, k, band[1], h.y), k),
    biased(s[2], terms(z, n + 8u, k, band[2], h.z), k),
    biased(s[3], terms(z, n + 12u, k, band[3], h.w), k),
  );
}
fn highestOf(s: mat4x4f) -> vec4f { return vec4f(highest(s[0]), highest(s[1]), highest(s[2]), highest(s[3])); }
fn exps(s: mat4x4f, top: vec4f) -> mat4x4f { return mat4x4f(exp(s[0] - top.x), exp(s[1] - top.y), exp(s[2] - top.z), exp(s[3] - top.w)); }
fn totals(p: mat4x4f) -> vec4f { return vec4f(1.0) * p; }

fn biasedPair(s: Pair, band: Pair, j: u32, z: u32, n: u32, k: u32) -> Pair {
  return Pair(
    biasedHalf(s.l, band.l, rowTerms(z, n, j / KW), z, n, k),
    biasedHalf(s.h, band.h, rowTerms(z, n, (j + 32u) / KW), z, n, k + 32u),
  );
}
fn scaledPair(o: Pair, w: vec4f) -> Pair { return Pair(columns(o.l, w), columns(o.h, w)); }
fn place(t: u32) -> u32 { return t % 8u * 16u + ((t / 8u) ^ (t % 8u)); }
fn above(top: vec4f, t: u32) -> vec4f {
  var v = top;
  for (var i = 0u; i < 8u; i++) { v = max(v, pt[i * 16u + ((t / 8u) ^ i)]); }
  return v;
}
fn whole(t: u32) -> vec4f {
  var v = vec4f();
  for (var i = 0u; i < 8u; i++) { v += stage[i * 16u + ((t / 8u) ^ i)]; }
  return v;
}
fn putRows(x: Pair, last: mat4x4f, top: vec4f, z: u32, row: u32, t: u32) {
  let all = whole(t);
  let at = z / HEADS * OWN * ROW + z % HEADS * E;
  putWg(columns(x.l, 1.0 / all), at, row, 0u, t, E);
  if (E4 > 8u) { putWg(columns(x.h, 1.0 / all), at, row, 1u, t, E); }
  if (E4 > 16u) { putWg(columns(last, 1.0 / all), at, row, 2u, t, E); }
  if (t % 8u != 0u) { return; }
  let n = row + ownRow(t);
  for (var r = 0u; r < 4u; r++) {
    if (n + 4u * r < OWN) { o[(z / HEADS * OWN + n + 4u * r) * ROW + HEADS * E + z % HEADS] = top[r] + log(all[r]); }
  }
}

@compute @workgroup_size(64)
fn main(@builtin(workgroup_id) wid: vec3u, @builtin(num_workgroups) nwg: vec3u, @builtin(local_invocation_index) lid: u32) {
  let block = wid.y * nwg.x + wid.x;
  if (block >= BLOCKS * BATCH * HEADS) { return; }
  let z = block / BLOCKS;
  let row = block % BLOCKS * 64u;
  let t = firstOf(lid);
  let n = row + ownRow(t);
  var topX = vec4f(LOWEST);
  var topY = vec4f(LOWEST);
  var sumX = vec4f();
  var sumY = vec4f();
  var acc = Two();
  var lastX = mat4x4f();
  var lastY = mat4x4f();
  for (var tile = 0u; tile < TILES; tile++) {
    let j = tileAt(tile);
    let k = j + t % 8u;
    var s = scoresTwo(z, row, j, t);
    // A band's terms are read again for every tile: there are no registers to keep them in.
    var bandX = Pair();
    var bandY = Pair();
    if (BANDS) {
      bandX = Pair(bandTerms(z, n, k), bandTerms(z, n, k + 32u));
      bandY = Pair(bandTerms(z, n + 16u, k), bandTerms(z, n + 16u, k + 32u));
    }
    s = Two(biasedPair(s.x, bandX, j, z, n, k), biasedPair(s.y, bandY, j, z, n + 16u, k));
    pt[place(t)] = max(highestOf(s.x.l), highestOf(s.x.h));
    pt[place(t + 32u)] = max(highestOf(s.y.l), highestOf(s.y.h));
    workgroupBarrier();
    let x = above(topX, t);
    let y = above(topY, t + 32u);
    let keepX = exp(topX - x);
    let keepY = exp(topY - y);
    topX = x;
    topY = y;
    s = Two(Pair(exps(s.x.l, x), exps(s.x.h, x)), Pair(exps(s.y.l, y), exps(s.y.h, y)));
    sumX = sumX * keepX + totals(s.x.l) + totals(s.x.h);
    sumY = sumY * keepY + totals(s.y.l) + totals(s.y.h);
    acc = Two(scaledPair(acc.x, keepX), scaledPair(acc.y, keepY));
    lastX = columns(lastX, keepX);
    lastY = columns(lastY, keepY);
    for (var part = 0u; part < 2u; part++) {
      let at = j + 32u * part;
      if (at >= OTHERS) { break; }
      workgroupBarrier();
      if (part == 0u) {
        keepWeights(s.x.l, t);
        keepWeights(s.y.l, t + 32u);
      } else {
        keepWeights(s.x.h, t);
        keepWeights(s.y.h, t + 32u);
      }
      stageF(z, at, t);
      stageF(z, at, t + 32u);
      workgroupBarrier();
      acc = mixTwo(acc, row, at, t, E4 > 8u);
      if (E4 > 16u) {
        workgroupBarrier();
        stageLastF(z, at, t);
        stageLastF(z, at, t + 32u);
        workgroupBarrier();
        lastX = mixLast(lastX, t);
        lastY = mixLast(lastY, t + 32u);
      }
    }
  }
  workgroupBarrier();
  stage[place(t)] = sumX;
  stage[place(t + 32u)] = sumY;
  workgroupBarrier();
  putRows(acc.x, lastX, topX, z, row, t);
  putRows(acc.y, lastY, topY, z, row, t + 32u);
}
