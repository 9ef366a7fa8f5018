// Operands of a product A·B of the tiled kernels, read in blocks of 4 k × 4 neighbours (m or n), and how a result is stored.
// Blocks are transposed in registers where memory runs along k. K beyond the edge is zero up to whole tiles of TK.
const M: u32 = 1u;
const N: u32 = 1u;
const K: u32 = 1u;
const BATCH: u32 = 1u;
const BATCH2: u32 = 1u;
const HEADS: u32 = 1u;
const A_OFF: u32 = 0u;
const A_B1: u32 = 0u;
const A_B2: u32 = 0u;
const A_ROW: u32 = 0u;
const A_COL: u32 = 0u;
const B_OFF: u32 = 0u;
const B_B1: u32 = 0u;
const B_B2: u32 = 0u;
const B_ROW: u32 = 0u;
const B_COL: u32 = 0u;

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
//#if C_VEC
@group(0) @binding(2) var<storage, read_write> c: array<vec4f>;
//#else
@group(0) @binding(2) var<storage, read_write> c: array<f32>;
//#endif

//#hook
fn epilogue(v: f32, i: u32, col: u32) -> f32 {
  return v;
}

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

fn put(z: u32, m: u32, n: u32, v: vec4f) {
  if (m >= M) { return; }
  let i = (((z / HEADS) * M + m) * HEADS + z % HEADS) * N + n;
//#if C_VEC
  if (n < N) {
    c[i / 4u] = vec4f(epilogue(v.x, i, n), epilogue(v.y, i + 1u, n + 1u), epilogue(v.z, i + 2u, n + 2u), epilogue(v.w, i + 3u, n + 3u));
  }
//#else
  if (n < N) { c[i] = epilogue(v.x, i, n); }
  if (n + 1u < N) { c[i + 1u] = epilogue(v.y, i + 1u, n + 1u); }
  if (n + 2u < N) { c[i + 2u] = epilogue(v.z, i + 2u, n + 2u); }
  if (n + 3u < N) { c[i + 3u] = epilogue(v.w, i + 3u, n + 3u); }
//#endif
}
