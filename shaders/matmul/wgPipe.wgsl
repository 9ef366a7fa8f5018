// Tiles of A [TM, TK] and B [TK, TN] in workgroup memory, BUFFERS times: arrays [buffer][k] of vec4s of four neighbouring m (or n).
// An index for each axis: where a loop over k is unrolled, bounds checks and addresses are constants. Rows are padded by a vec4, and
// threads follow k in pairs, so that eight of them write to different banks.
// One thread moves a block of 4 k × 4 neighbours at a time.
//#include matmul/product.wgsl
const TM: u32 = 32u;
const TN: u32 = 32u;
const TK: u32 = 16u;
const BUFFERS: u32 = 2u;
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

var<workgroup> tile_a: array<array<array<vec4f, TM4 + 1u>, TK>, BUFFERS>;
var<workgroup> tile_b: array<array<array<vec4f, TN4 + 1u>, TK>, BUFFERS>;

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

fn stash(buffer: u32, i: u32, x: Block) {
  if (i < A_BLOCKS) {
    let p = a_place(i);
    tile_a[buffer][4u * p.y][p.x] = x.r0;
    tile_a[buffer][4u * p.y + 1u][p.x] = x.r1;
    tile_a[buffer][4u * p.y + 2u][p.x] = x.r2;
    tile_a[buffer][4u * p.y + 3u][p.x] = x.r3;
  } else if (i < BLOCKS) {
    let p = b_place(i - A_BLOCKS);
    tile_b[buffer][4u * p.y][p.x] = x.r0;
    tile_b[buffer][4u * p.y + 1u][p.x] = x.r1;
    tile_b[buffer][4u * p.y + 2u][p.x] = x.r2;
    tile_b[buffer][4u * p.y + 3u][p.x] = x.r3;
  }
}

// (row, column) of tile i of a product: GROUP rows of tiles at a time, so that those which run together share operands in the cache.
fn tile_at(i: u32) -> vec2u {
  let first = i / (GROUP * TILES_N) * GROUP;
  let rows = min(TILES_M - first, GROUP);
  let j = i % (GROUP * TILES_N);
  return vec2u(first + j % rows, j / rows);
}
