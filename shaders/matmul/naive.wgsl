// C[z,m,n] = epilogue(Σ_k A[z,m,k]·B[z,k,n]); one thread per result, 8×8 threads a workgroup: the oracle and the lesson.
const M: u32 = 1u;
const N: u32 = 1u;
const K: u32 = 1u;
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

@group(0) @binding(0) var<storage, read> a: array<f32>;
@group(0) @binding(1) var<storage, read> b: array<f32>;
@group(0) @binding(2) var<storage, read_write> c: array<f32>;

//#hook
fn epilogue(v: f32, i: u32, col: u32) -> f32 {
  return v;
}

@compute @workgroup_size(8, 8)
fn main(@builtin(global_invocation_id) gid: vec3u) {
  let n = gid.x;
  let m = gid.y;
  let z = gid.z;
  if (n >= N || m >= M) {
    return;
  }
  let pa = A_OFF + (z / BATCH2) * A_B1 + (z % BATCH2) * A_B2 + m * A_ROW;
  let pb = B_OFF + (z / BATCH2) * B_B1 + (z % BATCH2) * B_B2 + n * B_COL;
  var sum = 0.0;
  for (var k = 0u; k < K; k++) {
    sum += a[pa + k * A_COL] * b[pb + k * B_ROW];
  }
  // Of every HEADS products the rows lie side by side: heads come out as channels.
  let i = (((z / HEADS) * M + m) * HEADS + z % HEADS) * N + n;
  c[i] = epilogue(sum, i, n);
}
