// Random numbers by counter: every element hashes its own index with a key, so that nothing depends on order or timing.
//#include lib/math.wgsl

// PCG hash (O'Neill 2014; Jarzynski and Olano 2020).
fn hash(x: u32) -> u32 {
  let s = x * 747796405u + 2891336453u;
  let w = ((s >> ((s >> 28u) + 4u)) ^ s) * 277803737u;
  return (w >> 22u) ^ w;
}

// Uniform in (0, 1], 24 bits: a logarithm of it is finite.
fn uniform01(bits: u32) -> f32 {
  return f32((bits >> 8u) + 1u) * (1.0 / 16777216.0);
}

// Standard normal number `i` of stream `key` (Box and Muller).
fn normal(key: u32, i: u32) -> f32 {
  let a = hash(i ^ hash(key));
  let radius = sqrt(-2.0 * log(uniform01(a)));
  return radius * cos_acc(6.283185307179586 * uniform01(hash(a)));
}
