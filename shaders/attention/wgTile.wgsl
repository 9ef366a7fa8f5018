// Tiles of 64 own rows and 32 others for 128 threads and 14 KiB of workgroup memory: thread (ty, tx) = (t / 8, t % 8) has own rows 16·r + ty and others 8·i + tx, so that neighbours read neighbouring vectors.
// `stage` holds 16 channels of both sides, or 32 channels of the others; `pt` the weights by other: pt[other][ty][r].
var<workgroup> stage: array<vec4f, 384>;
var<workgroup> pt: array<vec4f, 512>;

fn aRow(z: u32, n: u32) -> u32 { return A_OFF + z / HEADS * A_B + z % HEADS * A_H + min(n, OWN - 1u) * A_N; }
fn bRow(z: u32, n: u32) -> u32 { return B_OFF + z / HEADS * B_B + z % HEADS * B_H + min(n, OTHERS - 1u) * B_N; }
fn fRow(z: u32, n: u32) -> u32 { return F_OFF + z / HEADS * F_B + z % HEADS * F_H + min(n, OTHERS - 1u) * F_N; }

fn dots(y: mat4x4f, x: vec4f, s: vec4f) -> vec4f { return fma(y[3], vec4f(x.w), fma(y[2], vec4f(x.z), fma(y[1], vec4f(x.y), fma(y[0], vec4f(x.x), s)))); }

// s[r][i] += Σ over the 16 staged channels.
fn chunk(s: mat4x4f, t: u32) -> mat4x4f {
  let ty = t / 8u;
  let tx = 256u + t % 8u;
  var m = s;
  for (var c = 0u; c < 4u; c++) {
    let y = transpose(mat4x4f(stage[tx + c * 32u], stage[tx + c * 32u + 8u], stage[tx + c * 32u + 16u], stage[tx + c * 32u + 24u]));
    let x = c * 64u + ty;
    m = mat4x4f(dots(y, stage[x], m[0]), dots(y, stage[x + 16u], m[1]), dots(y, stage[x + 32u], m[2]), dots(y, stage[x + 48u], m[3]));
  }
  return m;
}

fn scoresWg(z: u32, row: u32, j: u32, t: u32) -> mat4x4f {
  var s = mat4x4f();
  for (var c = 0u; c < D4; c += 4u) {
    let mine = c + t % 4u;
    let on = mine < D4;
    workgroupBarrier();
    stage[t % 4u * 64u + t / 4u] = select(vec4f(), a4(aRow(z, row + t / 4u), min(mine, D4 - 1u)), on);
    stage[t % 4u * 64u + 32u + t / 4u] = select(vec4f(), a4(aRow(z, row + 32u + t / 4u), min(mine, D4 - 1u)), on);
    stage[256u + t % 4u * 32u + t / 4u] = select(vec4f(), b4(bRow(z, j + t / 4u), min(mine, D4 - 1u)), on);
    workgroupBarrier();
    s = chunk(s, t);
  }
  return s;
}

// 32 channels of the others' second operand, or of the first.
fn stageF(z: u32, j: u32, group: u32, t: u32) {
  workgroupBarrier();
  let c = min(group * 8u + t % 8u, E4 - 1u);
  stage[t] = f4(fRow(z, j + t / 8u), c);
  stage[t + 128u] = f4(fRow(z, j + 16u + t / 8u), c);
  workgroupBarrier();
}
fn stageB(z: u32, j: u32, group: u32, t: u32) {
  workgroupBarrier();
  let c = min(group * 8u + t % 8u, D4 - 1u);
  stage[t] = b4(bRow(z, j + t / 8u), c);
  stage[t + 128u] = b4(bRow(z, j + 16u + t / 8u), c);
  workgroupBarrier();
}

// o[r] += Σ over the 32 others of weight · four staged channels.
fn mixWg(o: mat4x4f, t: u32) -> mat4x4f {
  var m = o;
  for (var i = 0u; i < 32u; i++) {
    let p = pt[i * 16u + t / 8u];
    let y = stage[i * 8u + t % 8u];
    m = mat4x4f(fma(y, vec4f(p.x), m[0]), fma(y, vec4f(p.y), m[1]), fma(y, vec4f(p.z), m[2]), fma(y, vec4f(p.w), m[3]));
  }
  return m;
}

// Weights s[r][i] into pt; the next stageF or stageB makes them visible.
fn keepWeights(s: mat4x4f, t: u32) {
  let w = transpose(s);
  let at = t % 8u * 16u + t / 8u;
  pt[at] = w[0];
  pt[at + 128u] = w[1];
  pt[at + 256u] = w[2];
  pt[at + 384u] = w[3];
}

// Four channels of the four own rows.
fn putWg(m: mat4x4f, at: u32, row: u32, group: u32, t: u32, width: u32) {
  let n = row + t / 8u;
  let c = (group * 8u + t % 8u) * 4u;
  for (var r = 0u; r < 4u; r++) {
    if (n + 16u * r < OWN) { put4(m[r], at + (n + 16u * r) * ROW, c, width); }
  }
}
