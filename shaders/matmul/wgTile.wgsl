// Tiles of A [TM, TK] and B [TK, TN] in workgroup memory, as vec4 of four neighbouring m or n: what wg4 and wg8 have in common.
// One thread moves a block of 4 k × 4 neighbours at a time.
//#include matmul/product.wgsl
const TM: u32 = 32u;
const TN: u32 = 32u;
const TK: u32 = 16u;
//#fixed
const TILES_N: u32 = (N + TN - 1u) / TN;
//#fixed
const TILES: u32 = TILES_N * ((M + TM - 1u) / TM);
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

var<workgroup> tile_a: array<vec4f, TK * TM4>;
var<workgroup> tile_b: array<vec4f, TK * TN4>;

// (neighbour, k) of block i: threads follow memory.
fn a_place(i: u32) -> vec2u {
  if (A_COL == 1u) { return vec2u(i / TK4, i % TK4); }
  return vec2u(i % TM4, i / TM4);
}
fn b_place(i: u32) -> vec2u {
  if (B_ROW == 1u) { return vec2u(i / TK4, i % TK4); }
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

// Slots are permuted by k, so that threads which follow k write to different banks.
fn slot(x: u32, k4: u32) -> u32 {
  return x ^ ((k4 * 2u) % 8u);
}
fn stash(i: u32, x: Block) {
  if (i < A_BLOCKS) {
    let p = a_place(i);
    let j = 4u * p.y * TM4 + slot(p.x, p.y);
    tile_a[j] = x.r0;
    tile_a[j + TM4] = x.r1;
    tile_a[j + 2u * TM4] = x.r2;
    tile_a[j + 3u * TM4] = x.r3;
  } else if (i < BLOCKS) {
    let p = b_place(i - A_BLOCKS);
    let j = 4u * p.y * TN4 + slot(p.x, p.y);
    tile_b[j] = x.r0;
    tile_b[j + TN4] = x.r1;
    tile_b[j + 2u * TN4] = x.r2;
    tile_b[j + 3u * TN4] = x.r3;
  }
}
