// covered = part of pixel (x, y) inside the outlines of layer l, in 64ths; shaded = the outlines moved and blurred by a tent; one pixel a call
// Edges are ax, ay, bx, by in sixteenths of a pixel; the inside lies to the right of what runs down and to the left of what runs up.
//#fixed
const LINES: i32 = 16;

fn int(at: u32) -> i32 {
  return bitcast<i32>(words[at]);
}

fn num(at: u32) -> f32 {
  return bitcast<f32>(words[at]);
}

// Four lines a pixel, exact to a sixteenth along each. No rounding but that of integer division: the same on every device.
fn covered(l: u32, x: i32, y: i32) -> i32 {
  let inside = x >= int(l + 24u) && y >= int(l + 25u) && x < int(l + 26u) && y < int(l + 27u);
  let right = 16 * (x + 1);
  let line = 16 * y + 2;
  let first = words[l + 29u];
  let end = first + select(0u, 4u * words[l + 28u], inside);
  var sum = 0;
  for (var e = first; e < end; e += 4u) {
    let a = vec2i(int(e), int(e + 1u));
    let b = vec2i(int(e + 2u), int(e + 3u));
    // Lines from the upper end (included) to the lower one.
    let reached = select(0, 4, min(a.x, b.x) < right);
    let stop = min(reached, (max(a.y, b.y) - line + 3) >> 2u);
    for (var i = max(0, (min(a.y, b.y) - line + 3) >> 2u); i < stop; i++) {
      let cross = a.x + (b.x - a.x) * (line + 4 * i - a.y) / (b.y - a.y);
      sum += clamp(right - cross, 0, 16) * sign(b.y - a.y);
    }
  }
  return min(abs(sum), 64);
}

// Share of a tent of half width 1 that lies below t.
fn below(t: f32) -> f32 {
  let c = clamp(t, -1.0, 1.0);
  let rest = 1.0 - abs(c);
  return select(1.0 - 0.5 * rest * rest, 0.5 * rest * rest, c < 0.0);
}

// The shadow's words: shift x, y in pixels, depth, standard deviation of the blur. Sixteen lines, weighted by the tent.
fn shaded(l: u32, x: i32, y: i32) -> f32 {
  let wide = 16.0 * 2.4494897 * num(l + 23u);
  let at = 16.0 * (vec2f(f32(x), f32(y)) + 0.5 - vec2f(num(l + 20u), num(l + 21u)));
  let low = 16.0 * vec2f(f32(int(l + 24u)), f32(int(l + 25u)));
  let high = 16.0 * vec2f(f32(int(l + 26u)), f32(int(l + 27u)));
  let inside = wide > 0.0 && all(at + wide > low) && all(at - wide < high);
  let first = words[l + 29u];
  let end = first + select(0u, 4u * words[l + 28u], inside);
  let half = 0.5 * f32(LINES);
  var sum = 0.0;
  for (var e = first; e < end; e += 4u) {
    let a = vec2f(f32(int(e)), f32(int(e + 1u)));
    let b = vec2f(f32(int(e + 2u)), f32(int(e + 3u)));
    // Line i lies (i + ½) / half − 1 half widths below the pixel.
    let rows = ceil((vec2f(min(a.y, b.y), max(a.y, b.y)) - at.y + wide) * (half / wide) - 0.5);
    let reached = select(0.0, f32(LINES), min(a.x, b.x) < at.x + wide);
    let stop = i32(clamp(rows.y, 0.0, reached));
    for (var i = i32(clamp(rows.x, 0.0, f32(LINES))); i < stop; i++) {
      let t = (f32(i) + 0.5) / half - 1.0;
      let cross = a.x + (b.x - a.x) * (at.y + wide * t - a.y) / (b.y - a.y);
      sum += (1.0 - abs(t)) * below((at.x - cross) / wide) * sign(b.y - a.y);
    }
  }
  return min(abs(sum) / half, 1.0);
}
