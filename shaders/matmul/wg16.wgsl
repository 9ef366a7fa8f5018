// C[z,m,n] = epilogue(Σ_k A[z,m,k]·B[z,k,n]); a workgroup owns a TM×TN tile of C, a thread 16×8 of it in 32 named vec4 registers.
// As wg8.wgsl, with half as many threads of twice the rows: 24 numbers read of workgroup memory for 128 multiply-adds instead of 16 for 64.
// The thread's rows are four runs of four, a quarter of the tile apart, its columns two runs, half a tile apart.
//#include matmul/wgTile.wgsl
//#fixed
const WX: u32 = TN / 8u;
//#fixed
const WY: u32 = TM / 16u;
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
  var c0l = vec4f(); var c0h = vec4f();
  var c1l = vec4f(); var c1h = vec4f();
  var c2l = vec4f(); var c2h = vec4f();
  var c3l = vec4f(); var c3h = vec4f();
  var c4l = vec4f(); var c4h = vec4f();
  var c5l = vec4f(); var c5h = vec4f();
  var c6l = vec4f(); var c6h = vec4f();
  var c7l = vec4f(); var c7h = vec4f();
  var c8l = vec4f(); var c8h = vec4f();
  var c9l = vec4f(); var c9h = vec4f();
  var c10l = vec4f(); var c10h = vec4f();
  var c11l = vec4f(); var c11h = vec4f();
  var c12l = vec4f(); var c12h = vec4f();
  var c13l = vec4f(); var c13h = vec4f();
  var c14l = vec4f(); var c14h = vec4f();
  var c15l = vec4f(); var c15h = vec4f();
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
        let ql = tile_b[4u * k4 + j][tx]; let qh = tile_b[4u * k4 + j][tx + WX];
        let p0 = tile_a[4u * k4 + j][ty];
        c0l += p0.x * ql; c0h += p0.x * qh;
        c1l += p0.y * ql; c1h += p0.y * qh;
        c2l += p0.z * ql; c2h += p0.z * qh;
        c3l += p0.w * ql; c3h += p0.w * qh;
        let p1 = tile_a[4u * k4 + j][ty + WY];
        c4l += p1.x * ql; c4h += p1.x * qh;
        c5l += p1.y * ql; c5h += p1.y * qh;
        c6l += p1.z * ql; c6h += p1.z * qh;
        c7l += p1.w * ql; c7h += p1.w * qh;
        let p2 = tile_a[4u * k4 + j][ty + 2u * WY];
        c8l += p2.x * ql; c8h += p2.x * qh;
        c9l += p2.y * ql; c9h += p2.y * qh;
        c10l += p2.z * ql; c10h += p2.z * qh;
        c11l += p2.w * ql; c11h += p2.w * qh;
        let p3 = tile_a[4u * k4 + j][ty + 3u * WY];
        c12l += p3.x * ql; c12h += p3.x * qh;
        c13l += p3.y * ql; c13h += p3.y * qh;
        c14l += p3.z * ql; c14h += p3.z * qh;
        c15l += p3.w * ql; c15h += p3.w * qh;
      }
    }
  }
  let m = m0 + 4u * ty;
  let n = n0 + 4u * tx;
  put(z, m, n, c0l); put(z, m, n + TN / 2u, c0h);
  put(z, m + 1u, n, c1l); put(z, m + 1u, n + TN / 2u, c1h);
  put(z, m + 2u, n, c2l); put(z, m + 2u, n + TN / 2u, c2h);
  put(z, m + 3u, n, c3l); put(z, m + 3u, n + TN / 2u, c3h);
  put(z, m + TM / 4u, n, c4l); put(z, m + TM / 4u, n + TN / 2u, c4h);
  put(z, m + TM / 4u + 1u, n, c5l); put(z, m + TM / 4u + 1u, n + TN / 2u, c5h);
  put(z, m + TM / 4u + 2u, n, c6l); put(z, m + TM / 4u + 2u, n + TN / 2u, c6h);
  put(z, m + TM / 4u + 3u, n, c7l); put(z, m + TM / 4u + 3u, n + TN / 2u, c7h);
  put(z, m + TM / 2u, n, c8l); put(z, m + TM / 2u, n + TN / 2u, c8h);
  put(z, m + TM / 2u + 1u, n, c9l); put(z, m + TM / 2u + 1u, n + TN / 2u, c9h);
  put(z, m + TM / 2u + 2u, n, c10l); put(z, m + TM / 2u + 2u, n + TN / 2u, c10h);
  put(z, m + TM / 2u + 3u, n, c11l); put(z, m + TM / 2u + 3u, n + TN / 2u, c11h);
  put(z, m + 3u * TM / 4u, n, c12l); put(z, m + 3u * TM / 4u, n + TN / 2u, c12h);
  put(z, m + 3u * TM / 4u + 1u, n, c13l); put(z, m + 3u * TM / 4u + 1u, n + TN / 2u, c13h);
  put(z, m + 3u * TM / 4u + 2u, n, c14l); put(z, m + 3u * TM / 4u + 2u, n + TN / 2u, c14h);
  put(z, m + 3u * TM / 4u + 3u, n, c15l); put(z, m + 3u * TM / 4u + 3u, n + TN / 2u, c15h);
}
