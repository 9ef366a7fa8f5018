// C[z,m,n] = epilogue(Σ_k A[z,m,k]·B[z,k,n]); a workgroup owns a TM×TN tile of C, a thread 8×12 of it in 24 named vec4 registers.
// Tiles of A and B pass through workgroup memory, TK of k at a time; the next ones are under way while these are multiplied.
// As wg8.wgsl, with a third run of columns: 20 numbers read of workgroup memory for 96 multiply-adds instead of 16 for 64.
//#include matmul/wgTile.wgsl
//#fixed
const WX: u32 = TN / 12u;
//#fixed
const WY: u32 = TM / 8u;
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
  var c0l = vec4f(); var c0m = vec4f(); var c0h = vec4f();
  var c1l = vec4f(); var c1m = vec4f(); var c1h = vec4f();
  var c2l = vec4f(); var c2m = vec4f(); var c2h = vec4f();
  var c3l = vec4f(); var c3m = vec4f(); var c3h = vec4f();
  var c4l = vec4f(); var c4m = vec4f(); var c4h = vec4f();
  var c5l = vec4f(); var c5m = vec4f(); var c5h = vec4f();
  var c6l = vec4f(); var c6m = vec4f(); var c6h = vec4f();
  var c7l = vec4f(); var c7m = vec4f(); var c7h = vec4f();
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
        let pl = tile_a[4u * k4 + j][ty]; let ph = tile_a[4u * k4 + j][ty + WY];
        let ql = tile_b[4u * k4 + j][tx]; let qm = tile_b[4u * k4 + j][tx + WX]; let qh = tile_b[4u * k4 + j][tx + 2u * WX];
        c0l += pl.x * ql; c0m += pl.x * qm; c0h += pl.x * qh;
        c1l += pl.y * ql; c1m += pl.y * qm; c1h += pl.y * qh;
        c2l += pl.z * ql; c2m += pl.z * qm; c2h += pl.z * qh;
        c3l += pl.w * ql; c3m += pl.w * qm; c3h += pl.w * qh;
        c4l += ph.x * ql; c4m += ph.x * qm; c4h += ph.x * qh;
        c5l += ph.y * ql; c5m += ph.y * qm; c5h += ph.y * qh;
        c6l += ph.z * ql; c6m += ph.z * qm; c6h += ph.z * qh;
        c7l += ph.w * ql; c7m += ph.w * qm; c7h += ph.w * qh;
      }
    }
  }
  let m = m0 + 4u * ty;
  let n = n0 + 4u * tx;
  put(z, m, n, c0l); put(z, m, n + TN / 3u, c0m); put(z, m, n + 2u * TN / 3u, c0h);
  put(z, m + 1u, n, c1l); put(z, m + 1u, n + TN / 3u, c1m); put(z, m + 1u, n + 2u * TN / 3u, c1h);
  put(z, m + 2u, n, c2l); put(z, m + 2u, n + TN / 3u, c2m); put(z, m + 2u, n + 2u * TN / 3u, c2h);
  put(z, m + 3u, n, c3l); put(z, m + 3u, n + TN / 3u, c3m); put(z, m + 3u, n + 2u * TN / 3u, c3h);
  put(z, m + TM / 2u, n, c4l); put(z, m + TM / 2u, n + TN / 3u, c4m); put(z, m + TM / 2u, n + 2u * TN / 3u, c4h);
  put(z, m + TM / 2u + 1u, n, c5l); put(z, m + TM / 2u + 1u, n + TN / 3u, c5m); put(z, m + TM / 2u + 1u, n + 2u * TN / 3u, c5h);
  put(z, m + TM / 2u + 2u, n, c6l); put(z, m + TM / 2u + 2u, n + TN / 3u, c6m); put(z, m + TM / 2u + 2u, n + 2u * TN / 3u, c6h);
  put(z, m + TM / 2u + 3u, n, c7l); put(z, m + TM / 2u + 3u, n + TN / 3u, c7m); put(z, m + TM / 2u + 3u, n + 2u * TN / 3u, c7h);
}
