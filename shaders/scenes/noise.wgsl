// field = value noise of two octaves at a pixel, periodic over the picture: that of addValueNoise in src/data/drawNoise.ts; one pixel a call
//#include lib/hash32.wgsl

fn corner(key: u32, cells: vec2u, x: u32, y: u32) -> f32 {
  return signed1(hash32(key + (y * cells.x + x) * 0x9e3779b1u));
}

// Smoothly between the values at the corners of cells, of which `cells` lie in the picture; `at` in pixels of it.
fn octave(key: u32, cells: vec2u, at: vec2f) -> f32 {
  let u = at * vec2f(cells) / f32(SIDE);
  let c = min(vec2u(u), cells - 1u);
  let next = select(c + 1u, vec2u(0u), c + 1u == cells);
  let f = u - vec2f(c);
  let w = f * f * (3.0 - 2.0 * f);
  let left = mix(corner(key, cells, c.x, c.y), corner(key, cells, c.x, next.y), w.y);
  let right = mix(corner(key, cells, next.x, c.y), corner(key, cells, next.x, next.y), w.y);
  return mix(left, right, w.x);
}

// The field whose five words (cells, keys, gain) stand at `start`, at whole pixel `p`.
fn field(start: u32, p: vec2u) -> f32 {
  let cells = vec2u(words[start], words[start + 1u]);
  let gain = bitcast<f32>(words[start + 4u]);
  let at = vec2f(p) + 0.5;
  return (octave(words[start + 2u], cells, at) + gain * octave(words[start + 3u], 2u * cells, at)) / (1.0 + gain);
}
