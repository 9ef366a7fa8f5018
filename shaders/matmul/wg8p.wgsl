// C[z,m,n] = epilogue(Σ_k A[z,m,k]·B[z,k,n]); a workgroup owns a TM×TN tile of C, a thread 8×8 of it in 16 named vec4 registers.
// Tiles of A and B pass through workgroup memory, TK of k at a time; the next ones are under way while these are multiplied, and
// with two BUFFERS they are put down meanwhile: one barrier a tile. Rows (and columns) of a thread: two runs of four, half a tile
// apart; 32 threads in a row take 4×8 of them, which reads the fewest different words of workgroup memory.
//#include matmul/wgPipe.wgsl
//#fixed
const WX: u32 = TN / 8u;
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
  let tx = (lid / 32u) % (WX / 8u) * 8u + lid % 8u;
  let ty = (lid / 32u) / (WX / 8u) * 4u + lid % 32u / 8u;
  var c0l = vec4f(); var c0h = vec4f();
  var c1l = vec4f(); var c1h = vec4f();
  var c2l = vec4f(); var c2h = vec4f();
  var c3l = vec4f(); var c3h = vec4f();
  var c4l = vec4f(); var c4h = vec4f();
  var c5l = vec4f(); var c5h = vec4f();
  var c6l = vec4f(); var c6h = vec4f();
  var c7l = vec4f(); var c7h = vec4f();
  var next = fetch(at, bt, m0, n0, 0u, lid);
  stash(0u, lid, next);
//#if TWICE
  var more = fetch(at, bt, m0, n0, 0u, lid + THREADS);
  stash(0u, lid + THREADS, more);
//#endif
  workgroupBarrier();
  var now = 0u;
  for (var k = 0u; k < K; k += TK) {
    if (k + TK < K) {
      next = fetch(at, bt, m0, n0, k + TK, lid);
//#if TWICE
      more = fetch(at, bt, m0, n0, k + TK, lid + THREADS);
//#endif
    }
    for (var j = 0u; j < TK; j++) {
      let pl = tile_a[now][j][ty]; let ph = tile_a[now][j][ty + WY];
      let ql = tile_b[now][j][tx]; let qh = tile_b[now][j][tx + WX];
      c0l += pl.x * ql; c0h += pl.x * qh;
      c1l += pl.y * ql; c1h += pl.y * qh;
      c2l += pl.z * ql; c2h += pl.z * qh;
      c3l += pl.w * ql; c3h += pl.w * qh;
      c4l += ph.x * ql; c4h += ph.x * qh;
      c5l += ph.y * ql; c5h += ph.y * qh;
      c6l += ph.z * ql; c6h += ph.z * qh;
      c7l += ph.w * ql; c7h += ph.w * qh;
    }
    if (BUFFERS == 1u) {
      workgroupBarrier();
    }
    now = (now + 1u) % BUFFERS;
    if (k + TK < K) {
      stash(now, lid, next);
//#if TWICE
      stash(now, lid + THREADS, more);
//#endif
    }
    workgroupBarrier();
  }
  let m = m0 + 4u * ty;
  let n = n0 + 4u * tx;
  put(z, m, n, c0l); put(z, m, n + TN / 2u, c0h);
  put(z, m + 1u, n, c1l); put(z, m + 1u, n + TN / 2u, c1h);
  put(z, m + 2u, n, c2l); put(z, m + 2u, n + TN / 2u, c2h);
  put(z, m + 3u, n, c3l); put(z, m + 3u, n + TN / 2u, c3h);
  put(z, m + TM / 2u, n, c4l); put(z, m + TM / 2u, n + TN / 2u, c4h);
  put(z, m + TM / 2u + 1u, n, c5l); put(z, m + TM / 2u + 1u, n + TN / 2u, c5h);
  put(z, m + TM / 2u + 2u, n, c6l); put(z, m + TM / 2u + 2u, n + TN / 2u, c6h);
  put(z, m + TM / 2u + 3u, n, c7l); put(z, m + TM / 2u + 3u, n + TN / 2u, c7h);
}
