// C[z,m,n] = epilogue(Σ_k A[z,m,k]·B[z,k,n]) by the matrix units of a GPU: a workgroup of SX×SY subgroups owns a TM×TN tile of C, a
// subgroup TM/SY × TN/SX of it in results of RM×RN. Operands come straight from storage (DIRECT: whole matrices of f16), or pass through
// workgroup memory, TK of k at a time, cut into the matrices that the units take: [k][neighbour]. Sums are f32.
enable subgroups;
enable chromium_experimental_subgroup_matrix;
//#if F16
enable f16;
//#endif
diagnostic(off, chromium.subgroup_matrix_uniformity);
//#if DIRECT
//#include matmul/shape.wgsl
@group(0) @binding(0) var<storage, read> a: array<f16>;
@group(0) @binding(1) var<storage, read> b: array<f16>;
//#include matmul/store.wgsl
//#else
//#include matmul/product.wgsl
const TK: u32 = 32u;
//#fixed
const KS: u32 = TK / RK;
//#fixed
const A_BLOCKS: u32 = TM * TK / 16u;
//#fixed
const BLOCKS: u32 = A_BLOCKS + TN * TK / 16u;
//#endif
const TM: u32 = 64u;
const TN: u32 = 64u;
const SX: u32 = 2u;
const SY: u32 = 2u;
const RM: u32 = 16u;
const RN: u32 = 16u;
const RK: u32 = 16u;
const LANES: u32 = 32u;
//#fixed
const TILES_N: u32 = (N + TN - 1u) / TN;
//#fixed
const TILES: u32 = TILES_N * ((M + TM - 1u) / TM);
//#fixed
const THREADS: u32 = SX * SY * LANES;
//#fixed
const MS: u32 = TM / SY / RM;
//#fixed
const NS: u32 = TN / SX / RN;

//#if F16
alias Part = f16;
//#else
alias Part = f32;
//#endif
alias Left = subgroup_matrix_left<Part, RK, RM>;
alias Right = subgroup_matrix_right<Part, RN, RK>;
alias Result = subgroup_matrix_result<f32, RN, RM>;

var<workgroup> done: array<array<f32, RM * RN>, SX * SY>;

//#if DIRECT
//#else
var<workgroup> tile_a: array<array<Part, RM * RK>, TM / RM * KS>;
var<workgroup> tile_b: array<array<Part, RN * RK>, TN / RN * KS>;

// Block i (4 k × 4 neighbours) of the tiles that begin at row m, column n and k: the blocks of A, then those of B.
fn place(i: u32, across: u32, along_k: bool) -> vec2u {
  if (along_k) { return vec2u(i / (TK / 4u), i % (TK / 4u)); }
  return vec2u(i % (across / 4u), i / (across / 4u));
}
fn fetch(at: u32, bt: u32, m: u32, n: u32, k: u32, i: u32) -> Block {
  if (i < A_BLOCKS) {
    let p = place(i, TM, A_COL == 1u);
    return a_block(at, m + 4u * p.x, k + 4u * p.y);
  }
  if (i < BLOCKS) {
    let p = place(i - A_BLOCKS, TN, B_ROW == 1u);
    return b_block(bt, k + 4u * p.y, n + 4u * p.x);
  }
  return Block();
}
fn put_a(part: u32, i: u32, v: vec4f) {
  tile_a[part][i] = Part(v.x);
  tile_a[part][i + 1u] = Part(v.y);
  tile_a[part][i + 2u] = Part(v.z);
  tile_a[part][i + 3u] = Part(v.w);
}
fn put_b(part: u32, i: u32, v: vec4f) {
  tile_b[part][i] = Part(v.x);
  tile_b[part][i + 1u] = Part(v.y);
  tile_b[part][i + 2u] = Part(v.z);
  tile_b[part][i + 3u] = Part(v.w);
}
fn stash(i: u32, x: Block) {
  if (i < A_BLOCKS) {
    let p = 4u * place(i, TM, A_COL == 1u);
    let part = p.x / RM * KS + p.y / RK;
    let j = p.y % RK * RM + p.x % RM;
    put_a(part, j, x.r0);
    put_a(part, j + RM, x.r1);
    put_a(part, j + 2u * RM, x.r2);
    put_a(part, j + 3u * RM, x.r3);
  } else if (i < BLOCKS) {
    let p = 4u * place(i - A_BLOCKS, TN, B_ROW == 1u);
    let part = p.x / RN * KS + p.y / RK;
    let j = p.y % RK * RN + p.x % RN;
    put_b(part, j, x.r0);
    put_b(part, j + RN, x.r1);
    put_b(part, j + 2u * RN, x.r2);
    put_b(part, j + 3u * RN, x.r3);
  }
}
//#endif

@compute @workgroup_size(THREADS)
fn main(@builtin(workgroup_id) wid: vec3u, @builtin(num_workgroups) nwg: vec3u, @builtin(local_invocation_index) lid: u32, @builtin(subgroup_id) sid: u32, @builtin(subgroup_invocation_id) lane: u32) {
  let t = wid.y * nwg.x + wid.x;
  let z = t / TILES;
  if (z >= BATCH) {
    return;
  }
  let m0 = ((t % TILES) / TILES_N) * TM;
  let n0 = (t % TILES_N) * TN;
  let at = A_OFF + (z / BATCH2) * A_B1 + (z % BATCH2) * A_B2;
  let bt = B_OFF + (z / BATCH2) * B_B1 + (z % BATCH2) * B_B2;
  let sx = sid % SX;
  let sy = sid / SX % SY;
  var sums: array<array<Result, NS>, MS>;
//#if DIRECT
  for (var k = 0u; k < K; k += RK) {
    var lefts: array<Left, MS>;
    for (var i = 0u; i < MS; i++) {
      // Rows beyond the edge repeat the last ones; they are not stored.
      let m = min(m0 + (sy * MS + i) * RM, M - RM);
//#if A_ROWS
      lefts[i] = subgroupMatrixLoad<Left, row_major>(&a, at + m * A_ROW + k, A_ROW);
//#else
      lefts[i] = subgroupMatrixLoad<Left, col_major>(&a, at + m + k * A_COL, A_COL);
//#endif
    }
    for (var j = 0u; j < NS; j++) {
      let n = min(n0 + (sx * NS + j) * RN, N - RN);
//#if B_ROWS
      let right = subgroupMatrixLoad<Right, row_major>(&b, bt + k * B_ROW + n, B_ROW);
//#else
      let right = subgroupMatrixLoad<Right, col_major>(&b, bt + k + n * B_COL, B_COL);
//#endif
      for (var i = 0u; i < MS; i++) {
        sums[i][j] = subgroupMatrixMultiplyAccumulate(lefts[i], right, sums[i][j]);
      }
    }
  }
//#else
  var next = fetch(at, bt, m0, n0, 0u, lid);
//#if TWICE
  var more = fetch(at, bt, m0, n0, 0u, lid + THREADS);
//#endif
  for (var k = 0u; k < K; k += TK) {
    workgroupBarrier();
    stash(lid, next);
//#if TWICE
    stash(lid + THREADS, more);
//#endif
    workgroupBarrier();
    if (k + TK < K) {
      next = fetch(at, bt, m0, n0, k + TK, lid);
//#if TWICE
      more = fetch(at, bt, m0, n0, k + TK, lid + THREADS);
//#endif
    }
    for (var s = 0u; s < KS; s++) {
      var lefts: array<Left, MS>;
      for (var i = 0u; i < MS; i++) {
        lefts[i] = subgroupMatrixLoad<Left, col_major>(&tile_a[(sy * MS + i) * KS + s], 0u, RM);
      }
      for (var j = 0u; j < NS; j++) {
        let right = subgroupMatrixLoad<Right, row_major>(&tile_b[(sx * NS + j) * KS + s], 0u, RN);
        for (var i = 0u; i < MS; i++) {
          sums[i][j] = subgroupMatrixMultiplyAccumulate(lefts[i], right, sums[i][j]);
        }
      }
    }
  }
//#endif
  for (var i = 0u; i < MS; i++) {
    for (var j = 0u; j < NS; j++) {
      subgroupMatrixStore<row_major>(&done[sid % (SX * SY)], 0u, sums[i][j], RN);
      workgroupBarrier();
      for (var e = 4u * lane; e < RM * RN; e += 4u * LANES) {
        let m = m0 + (sy * MS + i) * RM + e / RN;
        let n = n0 + (sx * NS + j) * RN + e % RN;
        let own = sid % (SX * SY);
        put(z, m, n, vec4f(done[own][e], done[own][e + 1u], done[own][e + 2u], done[own][e + 3u]));
      }
      workgroupBarrier();
    }
  }
}
