// C[z,m,n] = epilogue(Σ_k A[z,m,k]·B[z,k,n]); one thread owns an 8×8 tile of C in 16 named vec4 registers, 32 threads a workgroup.
// No workgroup memory: operands come straight from storage, four k at a time, as vec4 wherever four neighbours are aligned.
//#include matmul/shape.wgsl
//#fixed
const TILES_N: u32 = (N + 7u) / 8u;
//#fixed
const TILES: u32 = TILES_N * ((M + 7u) / 8u);

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
fn main(@builtin(global_invocation_id) gid: vec3u, @builtin(num_workgroups) nwg: vec3u) {
  // Tiles of all batches in one line: small matrices still fill every lane.
  let t = gid.y * nwg.x * 32u + gid.x;
  let z = t / TILES;
  if (z >= BATCH) {
    return;
  }
  let m = ((t % TILES) / TILES_N) * 8u;
  let n = (t % TILES_N) * 8u;
  let at = A_OFF + (z / BATCH2) * A_B1 + (z % BATCH2) * A_B2;
  let bt = B_OFF + (z / BATCH2) * B_B1 + (z % BATCH2) * B_B2;
  var c0l = vec4f(); var c0h = vec4f();
  var c1l = vec4f(); var c1h = vec4f();
  var c2l = vec4f(); var c2h = vec4f();
  var c3l = vec4f(); var c3h = vec4f();
  var c4l = vec4f(); var c4h = vec4f();
  var c5l = vec4f(); var c5h = vec4f();
  var c6l = vec4f(); var c6h = vec4f();
  var c7l = vec4f(); var c7h = vec4f();
  for (var k = 0u; k < K; k += 4u) {
//#if A_VEC_M
    let p0l = a_col(at, m, k + 0u); let p0h = a_col(at, m + 4u, k + 0u);
    let p1l = a_col(at, m, k + 1u); let p1h = a_col(at, m + 4u, k + 1u);
    let p2l = a_col(at, m, k + 2u); let p2h = a_col(at, m + 4u, k + 2u);
    let p3l = a_col(at, m, k + 3u); let p3h = a_col(at, m + 4u, k + 3u);
    let a0 = vec4f(p0l.x, p1l.x, p2l.x, p3l.x);
    let a1 = vec4f(p0l.y, p1l.y, p2l.y, p3l.y);
    let a2 = vec4f(p0l.z, p1l.z, p2l.z, p3l.z);
    let a3 = vec4f(p0l.w, p1l.w, p2l.w, p3l.w);
    let a4 = vec4f(p0h.x, p1h.x, p2h.x, p3h.x);
    let a5 = vec4f(p0h.y, p1h.y, p2h.y, p3h.y);
    let a6 = vec4f(p0h.z, p1h.z, p2h.z, p3h.z);
    let a7 = vec4f(p0h.w, p1h.w, p2h.w, p3h.w);
//#else
    let a0 = a_row(at, m + 0u, k);
    let a1 = a_row(at, m + 1u, k);
    let a2 = a_row(at, m + 2u, k);
    let a3 = a_row(at, m + 3u, k);
    let a4 = a_row(at, m + 4u, k);
    let a5 = a_row(at, m + 5u, k);
    let a6 = a_row(at, m + 6u, k);
    let a7 = a_row(at, m + 7u, k);
//#endif
//#if B_VEC_K
    let q0 = b_col(bt, k, n + 0u);
    let q1 = b_col(bt, k, n + 1u);
    let q2 = b_col(bt, k, n + 2u);
    let q3 = b_col(bt, k, n + 3u);
    let q4 = b_col(bt, k, n + 4u);
    let q5 = b_col(bt, k, n + 5u);
    let q6 = b_col(bt, k, n + 6u);
    let q7 = b_col(bt, k, n + 7u);
    let b0l = vec4f(q0.x, q1.x, q2.x, q3.x); let b0h = vec4f(q4.x, q5.x, q6.x, q7.x);
    let b1l = vec4f(q0.y, q1.y, q2.y, q3.y); let b1h = vec4f(q4.y, q5.y, q6.y, q7.y);
    let b2l = vec4f(q0.z, q1.z, q2.z, q3.z); let b2h = vec4f(q4.z, q5.z, q6.z, q7.z);
    let b3l = vec4f(q0.w, q1.w, q2.w, q3.w); let b3h = vec4f(q4.w, q5.w, q6.w, q7.w);
//#else
    let b0l = b_row(bt, k + 0u, n); let b0h = b_row(bt, k + 0u, n + 4u);
    let b1l = b_row(bt, k + 1u, n); let b1h = b_row(bt, k + 1u, n + 4u);
    let b2l = b_row(bt, k + 2u, n); let b2h = b_row(bt, k + 2u, n + 4u);
    let b3l = b_row(bt, k + 3u, n); let b3h = b_row(bt, k + 3u, n + 4u);
//#endif
    c0l += a0.x * b0l + a0.y * b1l + a0.z * b2l + a0.w * b3l;
    c0h += a0.x * b0h + a0.y * b1h + a0.z * b2h + a0.w * b3h;
    c1l += a1.x * b0l + a1.y * b1l + a1.z * b2l + a1.w * b3l;
    c1h += a1.x * b0h + a1.y * b1h + a1.z * b2h + a1.w * b3h;
    c2l += a2.x * b0l + a2.y * b1l + a2.z * b2l + a2.w * b3l;
    c2h += a2.x * b0h + a2.y * b1h + a2.z * b2h + a2.w * b3h;
    c3l += a3.x * b0l + a3.y * b1l + a3.z * b2l + a3.w * b3l;
    c3h += a3.x * b0h + a3.y * b1h + a3.z * b2h + a3.w * b3h;
    c4l += a4.x * b0l + a4.y * b1l + a4.z * b2l + a4.w * b3l;
    c4h += a4.x * b0h + a4.y * b1h + a4.z * b2h + a4.w * b3h;
    c5l += a5.x * b0l + a5.y * b1l + a5.z * b2l + a5.w * b3l;
    c5h += a5.x * b0h + a5.y * b1h + a5.z * b2h + a5.w * b3h;
    c6l += a6.x * b0l + a6.y * b1l + a6.z * b2l + a6.w * b3l;
    c6h += a6.x * b0h + a6.y * b1h + a6.z * b2h + a6.w * b3h;
    c7l += a7.x * b0l + a7.y * b1l + a7.z * b2l + a7.w * b3l;
    c7h += a7.x * b0h + a7.y * b1h + a7.z * b2h + a7.w * b3h;
  }
  let row = ((z / HEADS) * M + m) * HEADS + z % HEADS;
  // One copy of the epilogue, not sixteen: on software adapters the text of the stores is most of the compile time.
  var out = array<vec4f, 16>(c0l, c0h, c1l, c1h, c2l, c2h, c3l, c3h, c4l, c4h, c5l, c5h, c6l, c6h, c7l, c7h);
  for (var r = 0u; r < 16u && m + r / 2u < M; r++) {
    put(row + (r / 2u) * HEADS, n + (r % 2u) * 4u, out[r]);
  }
}
