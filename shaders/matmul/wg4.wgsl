// C[z,m,n] = epilogue(Σ_k A[z,m,k]·B[z,k,n]); a workgroup owns a TM×TN tile of C, a thread 4×4 of it in 4 named vec4 registers.
// Tiles of A and B pass through workgroup memory, TK of k at a time; the next ones are under way while these are multiplied.
//#include matmul/wgTile.wgsl
//#fixed
const WX: u32 = TN / 4u;
//#fixed
const WY: u32 = TM / 4u;
//#fixed
const THREADS: u32 = WX * WY;

@compute @workgroup_size(THREADS)
fn main(@builtin(workgroup_id) wid: vec3u, @builtin(num_workgroups) nwg: vec3u, @builtin(local_invocation_index) lid: u32) {
  let t = wid.y * nwg.x + wid.x;
  let z = t / TILES;
  if (z >= BATCH) {
    return;
  }
  let tile = tile_at(t % TILES);
  let m0 = tile.x * TM;
  let n0 = tile.y * TN;
  let at = A_OFF + (z / BATCH2) * A_B1 + (z % BATCH2) * A_B2;
  let bt = B_OFF + (z / BATCH2) * B_B1 + (z % BATCH2) * B_B2;
  let place = thread_at(lid, WX);
  let tx = place.x;
  let ty = place.y;
  var c0 = vec4f();
  var c1 = vec4f();
  var c2 = vec4f();
  var c3 = vec4f();
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
    for (var k4 = 0u; k4 < TK4; k4++) {
      for (var j = 0u; j < 4u; j++) {
        let p = tile_a[4u * k4 + j][ty];
        let q = tile_b[4u * k4 + j][tx];
        c0 += p.x * q;
        c1 += p.y * q;
        c2 += p.z * q;
        c3 += p.w * q;
      }
    }
  }
  let m = m0 + 4u * ty;
  let n = n0 + 4u * tx;
  put(z, m, n, c0);
  put(z, m + 1u, n, c1);
  put(z, m + 2u, n, c2);
  put(z, m + 3u, n, c3);
}
