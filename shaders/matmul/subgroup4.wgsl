// C[z,m,n] = epilogue(Σ_k A[z,m,k]·B[z,k,n]); the four lanes of a quad own a 16×16 tile of C, each lane 4 columns in 16 named registers.
// Each lane loads 4 of the 16 rows of A and broadcasts them: half the loads of tile8. Subgroups may have any size: quads have four lanes.
enable subgroups;
diagnostic(off, subgroup_uniformity);

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
//#fixed
const TILES_N: u32 = (N + 15u) / 16u;
//#fixed
const TILES: u32 = TILES_N * ((M + 15u) / 16u);

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

// Four k of row m. Rows beyond the edge repeat the last one (never stored); k beyond the edge is zero.
//#if A_VEC_K
fn a_row(at: u32, m: u32, k: u32) -> vec4f {
  return a[(at + min(m, M - 1u) * A_ROW + k) / 4u];
}
//#endif
//#if A_SCALAR
fn a_one(at: u32, m: u32, k: u32) -> f32 {
  if (k >= K) {
    return 0.0;
  }
  return a[at + min(m, M - 1u) * A_ROW + k * A_COL];
}
fn a_row(at: u32, m: u32, k: u32) -> vec4f {
  return vec4f(a_one(at, m, k), a_one(at, m, k + 1u), a_one(at, m, k + 2u), a_one(at, m, k + 3u));
}
//#endif
//#if A_VEC_M
// Four rows of column k.
fn a_col(at: u32, m: u32, k: u32) -> vec4f {
  if (k >= K) {
    return vec4f();
  }
  return a[(at + min(m, M - 4u) + k * A_COL) / 4u];
}
//#endif

// Four n of row k, or four k of column n.
//#if B_VEC_N
fn b_row(at: u32, k: u32, n: u32) -> vec4f {
  return b[(at + min(k, K - 1u) * B_ROW + min(n, N - 4u)) / 4u];
}
//#endif
//#if B_SCALAR
fn b_one(at: u32, k: u32, n: u32) -> f32 {
  return b[at + min(k, K - 1u) * B_ROW + min(n, N - 1u) * B_COL];
}
fn b_row(at: u32, k: u32, n: u32) -> vec4f {
  return vec4f(b_one(at, k, n), b_one(at, k, n + 1u), b_one(at, k, n + 2u), b_one(at, k, n + 3u));
}
//#endif
//#if B_VEC_K
fn b_col(at: u32, k: u32, n: u32) -> vec4f {
  return b[(at + min(n, N - 1u) * B_COL + k) / 4u];
}
//#endif

fn put(row: u32, n: u32, v: vec4f) {
  let i = row * N + n;
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

@compute @workgroup_size(32)
fn main(@builtin(global_invocation_id) gid: vec3u, @builtin(num_workgroups) nwg: vec3u, @builtin(subgroup_invocation_id) sub: u32) {
  let lane = sub % 4u;
  let t = (gid.y * nwg.x * 32u + gid.x) / 4u;
  // Lanes beyond the last tile repeat it and store nothing: all lanes of a subgroup must run the loop.
  let z = min(t / TILES, BATCH - 1u);
  let m = ((t % TILES) / TILES_N) * 16u;
  let n = (t % TILES_N) * 16u + lane * 4u;
  let at = A_OFF + (z / BATCH2) * A_B1 + (z % BATCH2) * A_B2;
  let bt = B_OFF + (z / BATCH2) * B_B1 + (z % BATCH2) * B_B2;
  let mine = m + lane * 4u;
  var c0 = vec4f();
  var c1 = vec4f();
  var c2 = vec4f();
  var c3 = vec4f();
  var c4 = vec4f();
  var c5 = vec4f();
  var c6 = vec4f();
  var c7 = vec4f();
  var c8 = vec4f();
  var c9 = vec4f();
  var c10 = vec4f();
  var c11 = vec4f();
  var c12 = vec4f();
  var c13 = vec4f();
  var c14 = vec4f();
  var c15 = vec4f();
  for (var k = 0u; k < K; k += 4u) {
//#if A_VEC_M
    let p0 = a_col(at, mine, k + 0u);
    let p1 = a_col(at, mine, k + 1u);
    let p2 = a_col(at, mine, k + 2u);
    let p3 = a_col(at, mine, k + 3u);
    let s0 = vec4f(p0.x, p1.x, p2.x, p3.x);
    let s1 = vec4f(p0.y, p1.y, p2.y, p3.y);
    let s2 = vec4f(p0.z, p1.z, p2.z, p3.z);
    let s3 = vec4f(p0.w, p1.w, p2.w, p3.w);
//#else
    let s0 = a_row(at, mine + 0u, k);
    let s1 = a_row(at, mine + 1u, k);
    let s2 = a_row(at, mine + 2u, k);
    let s3 = a_row(at, mine + 3u, k);
//#endif
//#if B_VEC_K
    let q0 = b_col(bt, k, n + 0u);
    let q1 = b_col(bt, k, n + 1u);
    let q2 = b_col(bt, k, n + 2u);
    let q3 = b_col(bt, k, n + 3u);
    let b0 = vec4f(q0.x, q1.x, q2.x, q3.x);
    let b1 = vec4f(q0.y, q1.y, q2.y, q3.y);
    let b2 = vec4f(q0.z, q1.z, q2.z, q3.z);
    let b3 = vec4f(q0.w, q1.w, q2.w, q3.w);
//#else
    let b0 = b_row(bt, k + 0u, n);
    let b1 = b_row(bt, k + 1u, n);
    let b2 = b_row(bt, k + 2u, n);
    let b3 = b_row(bt, k + 3u, n);
//#endif
    let a0 = quadBroadcast(s0, 0u);
    c0 += a0.x * b0 + a0.y * b1 + a0.z * b2 + a0.w * b3;
    let a1 = quadBroadcast(s1, 0u);
    c1 += a1.x * b0 + a1.y * b1 + a1.z * b2 + a1.w * b3;
    let a2 = quadBroadcast(s2, 0u);
    c2 += a2.x * b0 + a2.y * b1 + a2.z * b2 + a2.w * b3;
    let a3 = quadBroadcast(s3, 0u);
    c3 += a3.x * b0 + a3.y * b1 + a3.z * b2 + a3.w * b3;
    let a4 = quadBroadcast(s0, 1u);
    c4 += a4.x * b0 + a4.y * b1 + a4.z * b2 + a4.w * b3;
    let a5 = quadBroadcast(s1, 1u);
    c5 += a5.x * b0 + a5.y * b1 + a5.z * b2 + a5.w * b3;
    let a6 = quadBroadcast(s2, 1u);
    c6 += a6.x * b0 + a6.y * b1 + a6.z * b2 + a6.w * b3;
    let a7 = quadBroadcast(s3, 1u);
    c7 += a7.x * b0 + a7.y * b1 + a7.z * b2 + a7.w * b3;
    let a8 = quadBroadcast(s0, 2u);
    c8 += a8.x * b0 + a8.y * b1 + a8.z * b2 + a8.w * b3;
    let a9 = quadBroadcast(s1, 2u);
    c9 += a9.x * b0 + a9.y * b1 + a9.z * b2 + a9.w * b3;
    let a10 = quadBroadcast(s2, 2u);
    c10 += a10.x * b0 + a10.y * b1 + a10.z * b2 + a10.w * b3;
    let a11 = quadBroadcast(s3, 2u);
    c11 += a11.x * b0 + a11.y * b1 + a11.z * b2 + a11.w * b3;
    let a12 = quadBroadcast(s0, 3u);
    c12 += a12.x * b0 + a12.y * b1 + a12.z * b2 + a12.w * b3;
    let a13 = quadBroadcast(s1, 3u);
    c13 += a13.x * b0 + a13.y * b1 + a13.z * b2 + a13.w * b3;
    let a14 = quadBroadcast(s2, 3u);
    c14 += a14.x * b0 + a14.y * b1 + a14.z * b2 + a14.w * b3;
    let a15 = quadBroadcast(s3, 3u);
    c15 += a15.x * b0 + a15.y * b1 + a15.z * b2 + a15.w * b3;
  }
  if (t / TILES >= BATCH) {
    return;
  }
  let row = ((z / HEADS) * M + m) * HEADS + z % HEADS;
  // One copy of the epilogue, not sixteen: on software adapters the text of the stores is most of the compile time.
  var out = array<vec4f, 16>(c0, c1, c2, c3, c4, c5, c6, c7, c8, c9, c10, c11, c12, c13, c14, c15);
  for (var r = 0u; r < 16u && m + r < M; r++) {
    put(row + r * HEADS, n, out[r]);
  }
}
