// Tiles of A [TM, TK] and B [TK, TN] in workgroup memory, as vec4 of four neighbouring m or n: what wg4 and wg8 have in common.
// The unit of loading is a block of 4 k × 4 neighbours, transposed in registers where memory runs along k; one thread moves a block.
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
const TM: u32 = 32u;
const TN: u32 = 32u;
const TK: u32 = 16u;
//#fixed
const TILES_N: u32 = (N + TN - 1u) / TN;
//#fixed
const TILES: u32 = TILES_N * ((M + TM - 1u) / TM);
//#fixed
const TM4: u32 = TM / 4u;
//#fixed
const TN4: u32 = TN / 4u;
//#fixed
const TK4: u32 = TK / 4u;
//#fixed
const A_BLOCKS: u32 = TM4 * TK4;
//#fixed
const BLOCKS: u32 = A_BLOCKS + TN4 * TK4;

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

var<workgroup> tile_a: array<vec4f, TK * TM4>;
var<workgroup> tile_b: array<vec4f, TK * TN4>;

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

// (neighbour, k) of block i: threads follow memory.
fn a_place(i: u32) -> vec2u {
  if (A_COL == 1u) { return vec2u(i / TK4, i % TK4); }
  return vec2u(i % TM4, i / TM4);
}
fn b_place(i: u32) -> vec2u {
  if (B_ROW == 1u) { return vec2u(i / TK4, i % TK4); }
  return vec2u(i % TN4, i / TN4);
}

// Block i of the tiles that begin at row m, column n and k: the blocks of A, then those of B.
fn fetch(at: u32, bt: u32, m: u32, n: u32, k: u32, i: u32) -> Block {
  if (i < A_BLOCKS) {
    let p = a_place(i);
    return a_block(at, m + 4u * p.x, k + 4u * p.y);
  }
  if (i < BLOCKS) {
    let p = b_place(i - A_BLOCKS);
    return b_block(bt, k + 4u * p.y, n + 4u * p.x);
  }
  return Block();
}

// Slots are permuted by k, so that threads which follow k write to different banks.
fn slot(x: u32, k4: u32) -> u32 {
  return x ^ ((k4 * 2u) % 8u);
}
fn stash(i: u32, x: Block) {
  if (i < A_BLOCKS) {
    let p = a_place(i);
    let j = 4u * p.y * TM4 + slot(p.x, p.y);
    tile_a[j] = x.r0;
    tile_a[j + TM4] = x.r1;
    tile_a[j + 2u * TM4] = x.r2;
    tile_a[j + 3u * TM4] = x.r3;
  } else if (i < BLOCKS) {
    let p = b_place(i - A_BLOCKS);
    let j = 4u * p.y * TN4 + slot(p.x, p.y);
    tile_b[j] = x.r0;
    tile_b[j + TN4] = x.r1;
    tile_b[j + 2u * TN4] = x.r2;
    tile_b[j + 3u * TN4] = x.r3;
  }
}

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
