// T = X·Fᵀ of the same rows as scoresWg of wgTile.wgsl.
fn xRow(z: u32, n: u32) -> u32 { return X_OFF + z / HEADS * X_B + z % HEADS * X_H + min(n, OWN - 1u) * X_N; }

fn productsWg(z: u32, row: u32, j: u32, t: u32) -> Pair {
  var s = Pair();
  let n = t / 4u;
  let at = t % 4u * 64u + (n ^ (2u * (t % 4u)));
  for (var c = 0u; c < E4; c += 4u) {
    let mine = min(c + t % 4u, E4 - 1u);
    let on = c + t % 4u < E4;
    workgroupBarrier();
    stage[at] = select(vec4f(), x4(xRow(z, row + n), mine), on);
    stage[at + 32u] = select(vec4f(), x4(xRow(z, row + 32u + n), mine), on);
    stage[at + 256u] = select(vec4f(), f4(fRow(z, j + n), mine), on);
    stage[at + 288u] = select(vec4f(), f4(fRow(z, j + 32u + n), mine), on);
    workgroupBarrier();
    if (row + t / 32u * 16u < OWN) { s = chunk(s, t, hasHigh(j)); }
  }
  return s;
}
