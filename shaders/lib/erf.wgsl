// erf by Abramowitz & Stegun 7.1.26 (|error| ≤ 1.5e-7) and a Taylor series near 0, and GELU with its derivative.
//#include lib/math.wgsl
fn erf(x: f32) -> f32 {
  let a = abs(x);
  let t = 1.0 / (1.0 + 0.3275911 * a);
  let p = t * (0.254829592 + t * (-0.284496736 + t * (1.421413741 + t * (-1.453152027 + t * 1.061405429))));
  let z = x * x;
  let series = x * (1.1283791671 + z * (-0.3761263890 + z * (0.1128379167 - z * 0.0268661706)));
  return select(sign(x) * (1.0 - p * exp(-z)), series, a < 0.3);
}

fn gelu_erf(x: f32) -> f32 {
  return 0.5 * x * (1.0 + erf(x * 0.7071067811865476));
}

// Φ(x) + x·φ(x)
fn gelu_erf_grad(x: f32) -> f32 {
  return 0.5 * (1.0 + erf(x * 0.7071067811865476)) + x * 0.3989422804014327 * exp(-0.5 * x * x);
}

fn gelu_tanh(x: f32) -> f32 {
  return 0.5 * x * (1.0 + tanh_acc(0.7978845608028654 * (x + 0.044715 * x * x * x)));
}

fn gelu_tanh_grad(x: f32) -> f32 {
  let t = tanh_acc(0.7978845608028654 * (x + 0.044715 * x * x * x));
  return 0.5 * (1.0 + t) + 0.5 * x * (1.0 - t * t) * 0.7978845608028654 * (1.0 + 0.134145 * x * x);
}
