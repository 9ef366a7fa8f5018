// Functions whose built-in versions are too coarse (Vulkan allows 2⁻¹¹ for sin and cos) or overflow.

// Reduces x to r in [−π/4, π/4] and the quadrant; π/2 is split in three so that n·π/2 is exact enough up to |x| ≈ 1e4.
fn quadrant(x: f32) -> vec2f {
  let n = round(x * 0.6366197723675814);
  let r = ((x - n * 1.5703125) - n * 4.837512969970703125e-4) - n * 7.54978995489188e-8;
  return vec2f(r, n);
}

fn sin_poly(r: f32) -> f32 {
  let z = r * r;
  return r + r * z * (-1.6666654611e-1 + z * (8.3321608736e-3 - z * 1.9515295891e-4));
}

fn cos_poly(r: f32) -> f32 {
  let z = r * r;
  return 1.0 - 0.5 * z + z * z * (4.166664568298827e-2 + z * (-1.388731625493765e-3 + z * 2.443315711809948e-5));
}

// Sine at quadrant q of r.
fn sin_quadrant(r: f32, q: i32) -> f32 {
  let v = select(sin_poly(r), cos_poly(r), (q & 1) == 1);
  return select(v, -v, (q & 2) == 2);
}

fn sin_acc(x: f32) -> f32 {
  let rn = quadrant(x);
  return sin_quadrant(rn.x, i32(rn.y));
}

fn cos_acc(x: f32) -> f32 {
  let rn = quadrant(x);
  return sin_quadrant(rn.x, i32(rn.y) + 1);
}

fn tanh_acc(x: f32) -> f32 {
  let a = abs(x);
  let z = a * a;
  // Below 0.3 the exponential form loses digits to cancellation; the series does not.
  let small = a * (1.0 + z * (-0.3333333333 + z * (0.1333333333 + z * (-0.0539682540 + z * (0.0218694885 - z * 0.0088632355)))));
  let large = 1.0 - 2.0 / (exp(2.0 * min(a, 20.0)) + 1.0);
  return sign(x) * select(large, small, a < 0.3);
}

fn sigmoid_acc(x: f32) -> f32 {
  let e = exp(-abs(x));
  return select(e, 1.0, x >= 0.0) / (1.0 + e);
}

// log(1 + e^x) as max(x, 0) + log1p(e^−|x|), where log1p(e) = 2·atanh(e / (2 + e)): a series that converges fast for e ≤ 1.
// log(1.0 + e) would round small e away, and a correction by (1.0 + e) − 1.0 is something compilers simplify to e.
fn softplus_acc(x: f32) -> f32 {
  let e = exp(-abs(x));
  let s = e / (2.0 + e);
  let z = s * s;
  let series = 1.0 + z * (1.0 / 3.0 + z * (0.2 + z * (1.0 / 7.0 + z * (1.0 / 9.0 + z * (1.0 / 11.0 + z * (1.0 / 13.0 + z / 15.0))))));
  return max(x, 0.0) + 2.0 * s * series;
}

// a^p for a ≥ 0 with 0^0 = 1.
fn pow_pos(a: f32, p: f32) -> f32 {
  return select(select(0.0, 1.0, p == 0.0), pow(a, p), a > 0.0);
}

// Share of the gradient of max(a, b) that belongs to a: all, half at a tie, or none.
fn share(a: f32, b: f32) -> f32 {
  return select(select(0.0, 0.5, a == b), 1.0, a > b);
}
