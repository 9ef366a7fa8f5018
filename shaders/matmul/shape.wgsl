// Extents and strides of a product of matrices, as the kernels of all families name them.
const M: u32 = 1u;
const N: u32 = 1u;
const K: u32 = 1u;
const BATCH: u32 = 1u;
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
