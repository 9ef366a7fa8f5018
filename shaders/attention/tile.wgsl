// S = A·Bᵀ of 4 own rows (a thread's) and 16 others (all threads' alike) in four 4×4 registers: s_g[r][i] = a_r · b_{4g+i}. Four threads in a row work on 16 own rows of one head.
// Own rows and others are queries and keys or, in the gradient of the keys, keys and queries. With SUBGROUP4 the four lanes load four others each and share them.
const BLOCKS: u32 = 1u;
const HEADS: u32 = 1u;
const OWN: u32 = 4u;
const OTHERS: u32 = 4u;
const D: u32 = 4u;
const A_OFF: u32 = 0u;
const A_B: u32 = 0u;
const A_H: u32 = 0u;
const A_N: u32 = 4u;
const A_C: u32 = 1u;
const B_OFF: u32 = 0u;
const B_B: u32 = 0u;
const B_H: u32 = 0u;
const B_N: u32 = 4u;
const B_C: u32 = 1u;
//#fixed
const D4: u32 = (D + 3u) / 4u;
//#fixed
const LOWEST: f32 = -3.0e38;
//#fixed
const QUADS: u32 = min(4u, (OTHERS + 3u) / 4u);
//#fixed
const IOTA: vec4u = vec4u(0u, 1u, 2u, 3u);

struct Tile {
  s0: mat4x4f,
  s1: mat4x4f,
  s2: mat4x4f,
  s3: mat4x4f,
}

//#if VEC
fn a4(at: u32, c: u32) -> vec4f { return a[at / 4u + c]; }
fn b4(at: u32, c: u32) -> vec4f { return b[at / 4u + c]; }
//#else
// Channels beyond the width are zero.
fn a1(at: u32, c: u32) -> f32 { return select(0.0, a[at + min(c, D - 1u) * A_C], c < D); }
fn a4(at: u32, c: u32) -> vec4f { return vec4f(a1(at, 4u * c), a1(at, 4u * c + 1u), a1(at, 4u * c + 2u), a1(at, 4u * c + 3u)); }
fn b1(at: u32, c: u32) -> f32 { return select(0.0, b[at + min(c, D - 1u) * B_C], c < D); }
fn b4(at: u32, c: u32) -> vec4f { return vec4f(b1(at, 4u * c), b1(at, 4u * c + 1u), b1(at, 4u * c + 2u), b1(at, 4u * c + 3u)); }
//#endif

// Own rows beyond the end repeat the last one and are never stored; others beyond the end are masked by the caller.
fn aRows(z: u32, row: u32) -> vec4u { return A_OFF + z / HEADS * A_B + z % HEADS * A_H + min(row + IOTA, vec4u(OWN - 1u)) * A_N; }
fn bRows(z: u32, j: u32) -> vec4u { return B_OFF + z / HEADS * B_B + z % HEADS * B_H + min(j + IOTA, vec4u(OTHERS - 1u)) * B_N; }
fn aQuad(at: vec4u, c: u32) -> mat4x4f { return mat4x4f(a4(at.x, c), a4(at.y, c), a4(at.z, c), a4(at.w, c)); }
fn bQuad(at: vec4u, c: u32) -> mat4x4f { return mat4x4f(b4(at.x, c), b4(at.y, c), b4(at.z, c), b4(at.w, c)); }

//#if SUBGROUP4
fn lane0(m: mat4x4f) -> mat4x4f { return mat4x4f(subgroupBroadcast(m[0], 0u), subgroupBroadcast(m[1], 0u), subgroupBroadcast(m[2], 0u), subgroupBroadcast(m[3], 0u)); }
fn lane1(m: mat4x4f) -> mat4x4f { return mat4x4f(subgroupBroadcast(m[0], 1u), subgroupBroadcast(m[1], 1u), subgroupBroadcast(m[2], 1u), subgroupBroadcast(m[3], 1u)); }
fn lane2(m: mat4x4f) -> mat4x4f { return mat4x4f(subgroupBroadcast(m[0], 2u), subgroupBroadcast(m[1], 2u), subgroupBroadcast(m[2], 2u), subgroupBroadcast(m[3], 2u)); }
fn lane3(m: mat4x4f) -> mat4x4f { return mat4x4f(subgroupBroadcast(m[0], 3u), subgroupBroadcast(m[1], 3u), subgroupBroadcast(m[2], 3u), subgroupBroadcast(m[3], 3u)); }
//#endif

fn scores(own: vec4u, z: u32, j: u32, lane: u32) -> Tile {
  var t = Tile();
//#if SUBGROUP4
  let other = bRows(z, j + 4u * lane);
  for (var c = 0u; c < D4; c++) {
    let x = aQuad(own, c);
    let y = transpose(bQuad(other, c));
    t.s0 += lane0(y) * x;
    if (QUADS > 1u) { t.s1 += lane1(y) * x; }
    if (QUADS > 2u) { t.s2 += lane2(y) * x; }
    if (QUADS > 3u) { t.s3 += lane3(y) * x; }
  }
//#else
  for (var c = 0u; c < D4; c++) {
    let x = aQuad(own, c);
    t.s0 += transpose(bQuad(bRows(z, j), c)) * x;
    if (QUADS > 1u) { t.s1 += transpose(bQuad(bRows(z, j + 4u), c)) * x; }
    if (QUADS > 2u) { t.s2 += transpose(bQuad(bRows(z, j + 8u), c)) * x; }
    if (QUADS > 3u) { t.s3 += transpose(bQuad(bRows(z, j + 12u), c)) * x; }
  }
//#endif
  return t;
}

// Quad g of a tile, and a tile with another quad g. Loops over g and not four copies of their bodies: a quarter of the code to compile.
fn either(x: mat4x4f, y: mat4x4f, second: bool) -> mat4x4f {
  return mat4x4f(select(x[0], y[0], second), select(x[1], y[1], second), select(x[2], y[2], second), select(x[3], y[3], second));
}
fn quad(t: Tile, g: u32) -> mat4x4f { return either(either(t.s0, t.s1, g == 1u), either(t.s2, t.s3, g == 3u), g > 1u); }
fn withQuad(t: Tile, g: u32, s: mat4x4f) -> Tile { return Tile(either(t.s0, s, g == 0u), either(t.s1, s, g == 1u), either(t.s2, s, g == 2u), either(t.s3, s, g == 3u)); }
