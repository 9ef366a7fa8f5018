// Tiles of A [TM, TK] and B [TK, TN] in workgroup memory: what wg4, wg8 and wg16 have in common. Rows [k] of vec4s of four neighbouring m (or n),
// an index for each axis: where a loop over k is unrolled, bounds checks and addresses are constants. A thread moves a block of 4 k × 4
// neighbours at a time. Rows are padded by a vec4, and threads follow k in pairs, so that eight of them write to different banks.
//#include matmul/product.wgsl
const TM: u32 = 32u;
const TN: u32 = 32u;
const TK: u32 = 16u;
const GROUP: u32 = 8u;
//#fixed
const TILES_N: u32 = (N + TN - 1u) / TN;
//#fixed
const TILES_M: u32 = (M + TM - 1u) / TM;
//#fixed
const TILES: u32 = TILES_N * TILES_M;
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

var<workgroup> tile_a: array<array<vec4f, TM4 + 1u>, TK>;
var<workgroup> tile_b: array<array<vec4f, TN4 + 1u>, TK>;

// (neighbour, k) of block i of a tile of `across` × TK4 blocks: threads follow memory.
fn along_k(i: u32, across: u32) -> vec2u {
  return vec2u((i / 2u) % across, i % 2u + 2u * (i / (2u * across)));
}
fn a_place(i: u32) -> vec2u {
  if (A_COL == 1u) { return along_k(i, TM4); }
  return vec2u(i % TM4, i / TM4);
}
fn b_place(i: u32) -> vec2u {
  if (B_ROW == 1u) { return along_k(i, TN4); }
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

fn stash(i: u32, x: Block) {
  if (i < A_BLOCKS) {
    let p = a_place(i);
    tile_a[4u * p.y][p.x] = x.r0;
    tile_a[4u * p.y + 1u][p.x] = x.r1;
    tile_a[4u * p.y + 2u][p.x] = x.r2;
    tile_a[4u * p.y + 3u][p.x] = x.r3;
  } else if (i < BLOCKS) {
    let p = b_place(i - A_BLOCKS);
    tile_b[4u * p.y][p.x] = x.r0;
    tile_b[4u * p.y + 1u][p.x] = x.r1;
    tile_b[4u * p.y + 2u][p.x] = x.r2;
    tile_b[4u * p.y + 3u][p.x] = x.r3;
  }
}

// (row, column) of tile i of a product: GROUP rows of tiles at a time, so that those which run together share operands in the cache.
fn tile_at(i: u32) -> vec2u {
  let first = i / (GROUP * TILES_N) * GROUP;
  let rows = min(TILES_M - first, GROUP);
  let j = i % (GROUP * TILES_N);
  return vec2u(first + j % rows, j / rows);
}

// (column, row) of thread i among the threads of a tile, `across` of them in a row: 32 in a row take 8×4 places, with the bits of both
// interleaved. A GPU can then serve what neighbours read of workgroup memory at once: of two, both read the same vec4 of A or of B.
fn thread_at(i: u32, across: u32) -> vec2u {
  let warp = i / 32u;
//#if PLAIN
  let lane = vec2u(i % 8u, i % 32u / 8u);
//#else
  let lane = vec2u((i & 1u) | ((i & 4u) >> 1u) | ((i & 16u) >> 2u), ((i & 2u) >> 1u) | ((i & 8u) >> 2u));
//#endif
  return vec2u(warp % (across / 8u) * 8u, warp / (across / 8u) * 4u) + lane;
}
