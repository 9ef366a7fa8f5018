// T = X·Fᵀ of the same 4 own rows and 16 others as tile.wgsl: the products of output gradients and values.
const X_OFF: u32 = 0u;
const X_B: u32 = 0u;
const X_H: u32 = 0u;
const X_N: u32 = 4u;
const X_C: u32 = 1u;

//#if VEC
fn x4(at: u32, c: u32) -> vec4f { return x[at / 4u + c]; }
//#else
fn x1(at: u32, c: u32) -> f32 { return select(0.0, x[at + min(c, E - 1u) * X_C], c < E); }
fn x4(at: u32, c: u32) -> vec4f { return vec4f(x1(at, 4u * c), x1(at, 4u * c + 1u), x1(at, 4u * c + 2u), x1(at, 4u * c + 3u)); }
//#endif
fn xRows(z: u32, row: u32) -> vec4u { return X_OFF + z / HEADS * X_B + z % HEADS * X_H + min(row + IOTA, vec4u(OWN - 1u)) * X_N; }
fn xQuad(at: vec4u, c: u32) -> mat4x4f { return mat4x4f(x4(at.x, c), x4(at.y, c), x4(at.z, c), x4(at.w, c)); }

fn products(own: vec4u, z: u32, j: u32, lane: u32) -> Tile {
  var t = Tile();
//#if SUBGROUP4
  let other = fRows(z, j + 4u * lane);
  for (var c = 0u; c < E4; c++) {
    let u = xQuad(own, c);
    let y = transpose(fQuad(other, c));
    t.s0 += lane0(y) * u;
    if (QUADS > 1u) { t.s1 += lane1(y) * u; }
    if (QUADS > 2u) { t.s2 += lane2(y) * u; }
    if (QUADS > 3u) { t.s3 += lane3(y) * u; }
  }
//#else
  for (var c = 0u; c < E4; c++) {
    let u = xQuad(own, c);
    t.s0 += transpose(fQuad(fRows(z, j), c)) * u;
    if (QUADS > 1u) { t.s1 += transpose(fQuad(fRows(z, j + 4u), c)) * u; }
    if (QUADS > 2u) { t.s2 += transpose(fQuad(fRows(z, j + 8u), c)) * u; }
    if (QUADS > 3u) { t.s3 += transpose(fQuad(fRows(z, j + 12u), c)) * u; }
  }
//#endif
  return t;
}
