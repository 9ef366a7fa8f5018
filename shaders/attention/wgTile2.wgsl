// T = X·Fᵀ of the same rows as scoresWg of wgTile.wgsl.
fn xRow(z: u32, n: u32) -> u32 { return X_OFF + z / HEADS * X_B + z % HEADS * X_H + min(n, OWN - 1u) * X_N; }

fn productsWg(z: u32, row: u32, j: u32, t: u32) -> mat4x4f {
  var s = mat4x4f();
  for (var c = 0u; c < E4; c += 4u) {
    let mine = c + t % 4u;
    let on = mine < E4;
    workgroupBarrier();
    stage[t % 4u * 64u + t / 4u] = select(vec4f(), x4(xRow(z, row + t / 4u), min(mine, E4 - 1u)), on);
    stage[t % 4u * 64u + 32u + t / 4u] = select(vec4f(), x4(xRow(z, row + 32u + t / 4u), min(mine, E4 - 1u)), on);
    stage[256u + t % 4u * 32u + t / 4u] = select(vec4f(), f4(fRow(z, j + t / 4u), min(mine, E4 - 1u)), on);
    workgroupBarrier();
    s = chunk(s, t);
  }
  return s;
}
