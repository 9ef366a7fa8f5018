// Operands of a product A·B of the tiled kernels, read in blocks of 4 k × 4 neighbours (m or n).
// Blocks are transposed in registers where memory runs along k. K beyond the edge is zero up to whole tiles of TK.
//#include matmul/shape.wgsl

//#if A_VEC
@group(0) @binding(0) var<storage, read> a: array<vec4f>;
//#else
@group(0) @binding(0) var<storage, read> a: array<f32>;
//#endif
//#if B_VEC
@group(0) @binding(1) var<storage, read> b: array<vec4f>;
//#else
@group(0) @binding(1) var<storage, read> b: array<f32>;
//#endif
//#include matmul/store.wgsl

// Four k of four neighbours: r0 is the vec4 of the first k.
struct Block {
  r0: vec4f,
  r1: vec4f,
  r2: vec4f,
  r3: vec4f,
}

fn turned(p: vec4f, q: vec4f, r: vec4f, s: vec4f) -> Block {
  return Block(vec4f(p.x, q.x, r.x, s.x), vec4f(p.y, q.y, r.y, s.y), vec4f(p.z, q.z, r.z, s.z), vec4f(p.w, q.w, r.w, s.w));
}

// Rows beyond the edge repeat the last ones (never stored); k beyond the edge is zero in both operands.
//#if A_VEC_K
fn a_block(at: u32, m: u32, k: u32) -> Block {
  if (K % TK != 0u && k >= K) { return Block(); }
  let i = at + k;
  return turned(a[(i + min(m, M - 1u) * A_ROW) / 4u], a[(i + min(m + 1u, M - 1u) * A_ROW) / 4u],
    a[(i + min(m + 2u, M - 1u) * A_ROW) / 4u], a[(i + min(m + 3u, M - 1u) * A_ROW) / 4u]);
}
//#endif
//#if A_VEC_M
fn a_line(at: u32, m: u32, k: u32) -> vec4f {
  if (K % TK != 0u && k >= K) { return vec4f(); }
  return a[(at + min(m, M - 4u) + k * A_COL) / 4u];
}
//#endif
//#if A_SCALAR
fn a_one(at: u32, m: u32, k: u32) -> f32 {
  return a[at + min(m, M - 1u) * A_ROW + k * A_COL];
}
fn a_line(at: u32, m: u32, k: u32) -> vec4f {
  if (K % TK != 0u && k >= K) { return vec4f(); }
  return vec4f(a_one(at, m, k), a_one(at, m + 1u, k), a_one(at, m + 2u, k), a_one(at, m + 3u, k));
}
//#endif
//#if A_VEC_K
//#else
fn a_block(at: u32, m: u32, k: u32) -> Block {
  return Block(a_line(at, m, k), a_line(at, m, k + 1u), a_line(at, m, k + 2u), a_line(at, m, k + 3u));
}
//#endif

//#if B_VEC_K
fn b_block(bt: u32, k: u32, n: u32) -> Block {
  if (K % TK != 0u && k >= K) { return Block(); }
  let i = bt + k;
  return turned(b[(i + min(n, N - 1u) * B_COL) / 4u], b[(i + min(n + 1u, N - 1u) * B_COL) / 4u],
    b[(i + min(n + 2u, N - 1u) * B_COL) / 4u], b[(i + min(n + 3u, N - 1u) * B_COL) / 4u]);
}
//#endif
//#if B_VEC_N
fn b_line(bt: u32, k: u32, n: u32) -> vec4f {
  if (K % TK != 0u && k >= K) { return vec4f(); }
  return b[(bt + k * B_ROW + min(n, N - 4u)) / 4u];
}
//#endif
//#if B_SCALAR
fn b_one(bt: u32, k: u32, n: u32) -> f32 {
  return b[bt + k * B_ROW + min(n, N - 1u) * B_COL];
}
fn b_line(bt: u32, k: u32, n: u32) -> vec4f {
  if (K % TK != 0u && k >= K) { return vec4f(); }
  return vec4f(b_one(bt, k, n), b_one(bt, k, n + 1u), b_one(bt, k, n + 2u), b_one(bt, k, n + 3u));
}
//#endif
//#if B_VEC_K
//#else
fn b_block(bt: u32, k: u32, n: u32) -> Block {
  return Block(b_line(bt, k, n), b_line(bt, k + 1u, n), b_line(bt, k + 2u, n), b_line(bt, k + 3u, n));
}
//#endif
