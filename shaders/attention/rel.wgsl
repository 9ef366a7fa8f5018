// Relative-position terms of query n and keys j … j + 3: relH[n, j / KW] + relW[n, j % KW], 0 for keys beyond the map. Both are read through strides of (batch, head, row, column of the query, k).
const QW: u32 = 1u;
const KH: u32 = 1u;
const KW: u32 = 1u;
const H_OFF: u32 = 0u;
const H_B: u32 = 0u;
const H_H: u32 = 0u;
const H_Y: u32 = 0u;
const H_X: u32 = 0u;
const H_K: u32 = 1u;
const W_OFF: u32 = 0u;
const W_B: u32 = 0u;
const W_H: u32 = 0u;
const W_Y: u32 = 0u;
const W_X: u32 = 0u;
const W_K: u32 = 1u;

// Where the terms of query n of (batch, head) z begin in relH and relW.
fn relRow(z: u32, n: u32) -> vec2u {
  return vec2u(
    H_OFF + z / HEADS * H_B + z % HEADS * H_H + n / QW * H_Y + n % QW * H_X,
    W_OFF + z / HEADS * W_B + z % HEADS * W_H + n / QW * W_Y + n % QW * W_X,
  );
}

fn rel1(at: vec2u, j: u32) -> f32 {
  if (j >= KH * KW) { return 0.0; }
  return relH[at.x + j / KW * H_K] + relW[at.y + j % KW * W_K];
}

fn rel4(at: vec2u, j: u32) -> vec4f {
  if (KW % 4u != 0u) { return vec4f(rel1(at, j), rel1(at, j + 1u), rel1(at, j + 2u), rel1(at, j + 3u)); }
  if (j >= KH * KW) { return vec4f(); }
  let w = at.y + j % KW * W_K;
  return relH[at.x + j / KW * H_K] + vec4f(relW[w], relW[w + W_K], relW[w + 2u * W_K], relW[w + 3u * W_K]);
}
