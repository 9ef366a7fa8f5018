// C[z,m,n] = epilogue(Σ_k A[z,m,k]·B[z,k,n]); the four lanes of a quad own a 16×16 tile of C, each lane 4 columns in 16 named registers.
// Each lane loads 4 of the 16 rows of A and broadcasts them: half the loads of tile8. Subgroups may have any size: quads have four lanes.
enable subgroups;
diagnostic(off, subgroup_uniformity);

// M, N, K, batches (all, inner), heads; offset and strides (outer batch, inner batch, row, column) of A, then of B: read at
// run time, so that products of all shapes share the few pipelines of their layouts and epilogues.
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

@group(0) @binding(3) var<uniform> params: array<vec4u, 4>;

//#hook
fn epilogue(v: f32, i: u32, col: u32) -> f32 {
  return v;
}

// Four k of the row of A that begins at `row`; k beyond the edge is zero. Rows beyond the edge repeat the last one (never stored).
//#if A_VEC_K
fn a_row(row: u32, k: u32, last: u32, step: u32) -> vec4f {
  return a[(row + k) / 4u];
}
//#endif
//#if A_SCALAR
fn a_one(row: u32, k: u32, last: u32, step: u32) -> f32 {
  if (k > last) {
    return 0.0;
  }
  return a[row + k * step];
}
fn a_row(row: u32, k: u32, last: u32, step: u32) -> vec4f {
  return vec4f(a_one(row, k, last, step), a_one(row, k + 1u, last, step), a_one(row, k + 2u, last, step), a_one(row, k + 3u, last, step));
}
//#endif
//#if A_VEC_M
// Four rows of column k.
fn a_col(rows: u32, k: u32, last: u32, step: u32) -> vec4f {
  if (k > last) {
    return vec4f();
  }
  return a[(rows + k * step) / 4u];
}
//#endif

// Four n of row k, or four k of column n.
//#if B_VEC_N
fn b_row(columns: vec4u, k: u32, last: u32, step: u32) -> vec4f {
  return b[(columns.x + min(k, last) * step) / 4u];
}
//#endif
//#if B_SCALAR
fn b_row(columns: vec4u, k: u32, last: u32, step: u32) -> vec4f {
  let at = columns + min(k, last) * step;
  return vec4f(b[at.x], b[at.y], b[at.z], b[at.w]);
}
//#endif

// Four columns from n on of the row of C that begins at `row`.
fn put(row: u32, n: u32, columns: u32, v: vec4f) {
  let i = row + n;
//#if C_VEC
  if (n < columns) {
    c[i / 4u] = vec4f(epilogue(v.x, i, n), epilogue(v.y, i + 1u, n + 1u), epilogue(v.z, i + 2u, n + 2u), epilogue(v.w, i + 3u, n + 3u));
  }
//#else
  for (var j = 0u; j < 4u && n + j < columns; j++) {
    c[i + j] = epilogue(v[j], i + j, n + j);
  }
//#endif
}

@compute @workgroup_size(32)
fn main(@builtin(global_invocation_id) gid: vec3u, @builtin(num_workgroups) nwg: vec3u, @builtin(subgroup_invocation_id) sub: u32) {
  let lane = sub % 4u;
  let M = params[0].x;
  let N = params[0].y;
  let K = params[0].z;
  let BATCH = params[0].w;
  let BATCH2 = params[1].x;
  let HEADS = params[1].y;
  let tiles_n = (N + 15u) / 16u;
  let tiles = tiles_n * ((M + 15u) / 16u);
  let t = (gid.y * nwg.x * 32u + gid.x) / 4u;
  // Lanes beyond the last tile repeat it and store nothing: all lanes of a subgroup must run the loop.
  let z = min(t / tiles, BATCH - 1u);
  let m = ((t % tiles) / tiles_n) * 16u;
  let n = (t % tiles_n) * 16u + lane * 4u;
  let at = params[1].z + (z / BATCH2) * params[1].w + (z % BATCH2) * params[2].x;
  let a_step = params[2].z;
  let bt = params[2].w + (z / BATCH2) * params[3].x + (z % BATCH2) * params[3].y;
  let b_step = params[3].z;
  let b_next = params[3].w;
  let mine = m + lane * 4u;
//#if A_VEC_M
  let rows = at + min(mine, M - 4u);
//#else
  let r = at + min(mine + vec4u(0u, 1u, 2u, 3u), vec4u(M - 1u)) * params[2].y;
//#endif
//#if B_VEC_N
  let columns = vec4u(bt + min(n, N - 4u));
//#else
  let columns = bt + min(n + vec4u(0u, 1u, 2u, 3u), vec4u(N - 1u)) * b_next;
//#endif
  var c0 = vec4f(); var c1 = vec4f(); var c2 = vec4f(); var c3 = vec4f();
  var c4 = vec4f(); var c5 = vec4f(); var c6 = vec4f(); var c7 = vec4f();
  var c8 = vec4f(); var c9 = vec4f(); var c10 = vec4f(); var c11 = vec4f();
  var c12 = vec4f(); var c13 = vec4f(); var c14 = vec4f(); var c15 = vec4f();
  for (var k = 0u; k < K; k += 4u) {
//#if A_VEC_M
    let p0 = a_col(rows, k + 0u, K - 1u, a_step);
    let p1 = a_col(rows, k + 1u, K - 1u, a_step);
    let p2 = a_col(rows, k + 2u, K - 1u, a_step);
    let p3 = a_col(rows, k + 3u, K - 1u, a_step);
    let s0 = vec4f(p0.x, p1.x, p2.x, p3.x);
    let s1 = vec4f(p0.y, p1.y, p2.y, p3.y);
    let s2 = vec4f(p0.z, p1.z, p2.z, p3.z);
    let s3 = vec4f(p0.w, p1.w, p2.w, p3.w);
//#else
    let s0 = a_row(r.x, k, K - 1u, a_step);
    let s1 = a_row(r.y, k, K - 1u, a_step);
    let s2 = a_row(r.z, k, K - 1u, a_step);
    let s3 = a_row(r.w, k, K - 1u, a_step);
//#endif
//#if B_VEC_K
    let q0 = b[(columns.x + k) / 4u];
    let q1 = b[(columns.y + k) / 4u];
    let q2 = b[(columns.z + k) / 4u];
    let q3 = b[(columns.w + k) / 4u];
    let b0 = vec4f(q0.x, q1.x, q2.x, q3.x);
    let b1 = vec4f(q0.y, q1.y, q2.y, q3.y);
    let b2 = vec4f(q0.z, q1.z, q2.z, q3.z);
    let b3 = vec4f(q0.w, q1.w, q2.w, q3.w);
//#else
    let b0 = b_row(columns, k + 0u, K - 1u, b_step);
    let b1 = b_row(columns, k + 1u, K - 1u, b_step);
    let b2 = b_row(columns, k + 2u, K - 1u, b_step);
    let b3 = b_row(columns, k + 3u, K - 1u, b_step);
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
  if (t / tiles >= BATCH) {
    return;
  }
  let row = ((z / HEADS) * M + m) * HEADS + z % HEADS;
  // One copy of the epilogue, not sixteen: on software adapters the text of the stores is most of the compile time.
  var out = array<vec4f, 16>(c0, c1, c2, c3, c4, c5, c6, c7, c8, c9, c10, c11, c12, c13, c14, c15);
  for (var j = 0u; j < 16u && m + j < M; j++) {
    put((row + j * HEADS) * N, n, N, out[j]);
  }
}
