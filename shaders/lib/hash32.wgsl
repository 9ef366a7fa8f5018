// hash32 = lowbias32 (Chris Wellons), every input bit moves every output bit: the integers of `hash32` in src/data/drawMath.ts; one word a call
fn hash32(x: u32) -> u32 {
  var h = (x ^ (x >> 16u)) * 0x7feb352du;
  h = (h ^ (h >> 15u)) * 0x846ca68bu;
  return h ^ (h >> 16u);
}

// -1..1 from a word.
fn signed1(h: u32) -> f32 {
  return f32(h) * (1.0 / 2147483648.0) - 1.0;
}
