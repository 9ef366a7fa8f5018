// Tiles of 64 own rows and 64 others for 128 threads and 16 KiB of workgroup memory. Thread (ty, tx) = (t / 8, t % 8) has own rows 16·(ty / 4) + ty % 4 + 4·r (so 32 threads whose 16 rows
// all lie beyond the end have nothing to do) and others 8·i + tx, i < 4 the low half of the others, i ≥ 4 the high one: neighbours read neighbouring vectors. What is written by channel is
// swizzled by it, so that eight neighbours write to different banks. `stage` holds 16 channels of both sides, or 64 channels of half of the others; `pt` the weights of half of the others: pt[other][ty][r].
var<workgroup> stage: array<vec4f, 512>;
var<workgroup> pt: array<vec4f, 512>;

// Of the low and high others, or of channels 4·tx and 32 + 4·tx: [r][i].
struct Pair {
  l: mat4x4f,
  h: mat4x4f,
}

fn aRow(z: u32, n: u32) -> u32 { return A_OFF + z / HEADS * A_B + z % HEADS * A_H + min(n, OWN - 1u) * A_N; }
fn bRow(z: u32, n: u32) -> u32 { return B_OFF + z / HEADS * B_B + z % HEADS * B_H + min(n, OTHERS - 1u) * B_N; }
fn fRow(z: u32, n: u32) -> u32 { return F_OFF + z / HEADS * F_B + z % HEADS * F_H + min(n, OTHERS - 1u) * F_N; }
fn ownRow(t: u32) -> u32 { return t / 32u * 16u + t / 8u % 4u; }
// Whether the high half of the others from j on exists, and in how many eights of others lie those of a half from j on.
fn hasHigh(j: u32) -> bool { return j + 32u < OTHERS; }
fn eights(j: u32) -> u32 { return min((OTHERS - j + 7u) / 8u, 4u); }

fn dots(y: mat4x4f, x: vec4f, s: vec4f) -> vec4f { return fma(y[3], vec4f(x.w), fma(y[2], vec4f(x.z), fma(y[1], vec4f(x.y), fma(y[0], vec4f(x.x), s)))); }
fn fourDots(y: mat4x4f, x: mat4x4f, s: mat4x4f) -> mat4x4f { return mat4x4f(dots(y, x[0], s[0]), dots(y, x[1], s[1]), dots(y, x[2], s[2]), dots(y, x[3], s[3])); }
fn four(at: u32) -> mat4x4f { return mat4x4f(stage[at], stage[at + 8u], stage[at + 16u], stage[at + 24u]); }

// s[r][i] += Σ over the 16 staged channels.
fn chunk(s: Pair, t: u32, both: bool) -> Pair {
  let q = t / 8u % 4u;
  var m = s;
  for (var c = 0u; c < 4u; c++) {
    let own = c * 64u + t / 32u * 16u;
    let other = 256u + c * 64u + ((t % 8u) ^ (2u * c));
    let x = mat4x4f(stage[own + (q ^ (2u * c))], stage[own + ((4u + q) ^ (2u * c))], stage[own + ((8u + q) ^ (2u * c))], stage[own + ((12u + q) ^ (2u * c))]);
    m.l = fourDots(transpose(four(other)), x, m.l);
    if (both) { m.h = fourDots(transpose(four(other + 32u)), x, m.h); }
  }
  return m;
}

// Channels 4·c … 4·c + 15 of both sides.
fn stageScores(z: u32, row: u32, j: u32, c: u32, t: u32) {
  let n = t / 4u;
  let at = t % 4u * 64u + (n ^ (2u * (t % 4u)));
  let mine = min(c + t % 4u, D4 - 1u);
  let on = c + t % 4u < D4;
  stage[at] = select(vec4f(), a4(aRow(z, row + n), mine), on);
  stage[at + 32u] = select(vec4f(), a4(aRow(z, row + 32u + n), mine), on);
  stage[at + 256u] = select(vec4f(), b4(bRow(z, j + n), mine), on);
  stage[at + 288u] = select(vec4f(), b4(bRow(z, j + 32u + n), mine), on);
}

fn scoresWg(z: u32, row: u32, j: u32, t: u32) -> Pair {
  var s = Pair();
  for (var c = 0u; c < D4; c += 4u) {
    workgroupBarrier();
    stageScores(z, row, j, c, t);
    workgroupBarrier();
    if (row + t / 32u * 16u < OWN) { s = chunk(s, t, hasHigh(j)); }
  }
  return s;
}

// Of the 32 others from j on 64 channels of the second operand, or of the first.
fn stageF(z: u32, j: u32, t: u32) {
  for (var i = 0u; i < 4u; i++) { stage[t + i * 128u] = f4(fRow(z, j + 8u * i + t / 16u), min(t % 16u, E4 - 1u)); }
}
fn stageB(z: u32, j: u32, t: u32) {
  for (var i = 0u; i < 4u; i++) { stage[t + i * 128u] = b4(bRow(z, j + 8u * i + t / 16u), min(t % 16u, D4 - 1u)); }
}
// The channels beyond 64.
fn stageLastF(z: u32, j: u32, t: u32) {
  for (var i = 0u; i < 2u; i++) { stage[t + i * 128u] = f4(fRow(z, j + 16u * i + t / 8u), min(16u + t % 8u, E4 - 1u)); }
}
fn stageLastB(z: u32, j: u32, t: u32) {
  for (var i = 0u; i < 2u; i++) { stage[t + i * 128u] = b4(bRow(z, j + 16u * i + t / 8u), min(16u + t % 8u, D4 - 1u)); }
}

fn addFour(o: mat4x4f, y: vec4f, p: vec4f) -> mat4x4f {
  return mat4x4f(fma(y, vec4f(p.x), o[0]), fma(y, vec4f(p.y), o[1]), fma(y, vec4f(p.z), o[2]), fma(y, vec4f(p.w), o[3]));
}

// o[r] += Σ over the staged others of weight · the thread's channels; nothing where all own rows lie beyond the end.
fn mixWg(o: Pair, row: u32, j: u32, t: u32, wide: bool) -> Pair {
  var m = o;
  if (row + t / 32u * 16u >= OWN) { return m; }
  for (var e = 0u; e < eights(j); e++) {
    for (var i = 0u; i < 8u; i++) {
      let p = pt[e * 128u + i * 16u + ((t / 8u) ^ i)];
      let at = e * 128u + i * 16u + t % 8u;
      m.l = addFour(m.l, stage[at], p);
      if (wide) { m.h = addFour(m.h, stage[at + 8u], p); }
    }
  }
  return m;
}
fn mixLast(o: mat4x4f, t: u32) -> mat4x4f {
  var m = o;
  for (var i = 0u; i < 32u; i++) { m = addFour(m, stage[i * 8u + t % 8u], pt[i * 16u + ((t / 8u) ^ (i % 8u))]); }
  return m;
}

// Weights s[r][i] of half of the others into pt.
fn keepWeights(s: mat4x4f, t: u32) {
  let w = transpose(s);
  let at = t % 8u * 16u + ((t / 8u) ^ (t % 8u));
  pt[at] = w[0];
  pt[at + 128u] = w[1];
  pt[at + 256u] = w[2];
  pt[at + 384u] = w[3];
}

// Four channels of the four own rows.
fn putWg(m: mat4x4f, at: u32, row: u32, group: u32, t: u32, width: u32) {
  let n = row + ownRow(t);
  let c = (group * 8u + t % 8u) * 4u;
  for (var r = 0u; r < 4u; r++) {
    if (n + 4u * r < OWN) { put4(m[r], at + (n + 4u * r) * ROW, c, width); }
  }
}
