// A thread does the work of two of wgTile.wgsl, t and t + 32, of 64 own rows and 64 others: what it reads of the others serves eight own rows instead of four.
struct Two {
  x: Pair,
  y: Pair,
}

// The first of the two that thread t of 64 stands for.
fn firstOf(t: u32) -> u32 { return t / 32u * 64u + t % 32u; }

fn chunkTwo(s: Two, t: u32, both: bool) -> Two {
  let q = t / 8u % 4u;
  var m = s;
  for (var c = 0u; c < 4u; c++) {
    let own = c * 64u + t / 32u * 16u;
    let other = 256u + c * 64u + ((t % 8u) ^ (2u * c));
    let i = vec4u(q ^ (2u * c), (4u + q) ^ (2u * c), (8u + q) ^ (2u * c), (12u + q) ^ (2u * c)) + own;
    let x = mat4x4f(stage[i.x], stage[i.y], stage[i.z], stage[i.w]);
    let y = mat4x4f(stage[i.x + 16u], stage[i.y + 16u], stage[i.z + 16u], stage[i.w + 16u]);
    let low = transpose(four(other));
    m.x.l = fourDots(low, x, m.x.l);
    m.y.l = fourDots(low, y, m.y.l);
    if (both) {
      let high = transpose(four(other + 32u));
      m.x.h = fourDots(high, x, m.x.h);
      m.y.h = fourDots(high, y, m.y.h);
    }
  }
  return m;
}

fn scoresTwo(z: u32, row: u32, j: u32, t: u32) -> Two {
  var s = Two();
  for (var c = 0u; c < D4; c += 4u) {
    workgroupBarrier();
    stageScores(z, row, j, c, t);
    stageScores(z, row, j, c, t + 32u);
    workgroupBarrier();
    if (row + t / 32u * 16u < OWN) { s = chunkTwo(s, t, hasHigh(j)); }
  }
  return s;
}

fn mixTwo(o: Two, row: u32, j: u32, t: u32, wide: bool) -> Two {
  var m = o;
  if (row + t / 32u * 16u >= OWN) { return m; }
  for (var e = 0u; e < eights(j); e++) {
    for (var i = 0u; i < 8u; i++) {
      let weights = e * 128u + i * 16u;
      let p = pt[weights + ((t / 8u) ^ i)];
      let q = pt[weights + ((t / 8u + 4u) ^ i)];
      let low = stage[weights + t % 8u];
      m.x.l = addFour(m.x.l, low, p);
      m.y.l = addFour(m.y.l, low, q);
      if (wide) {
        let high = stage[weights + t % 8u + 8u];
        m.x.h = addFour(m.x.h, high, p);
        m.y.h = addFour(m.y.h, high, q);
      }
    }
  }
  return m;
}
