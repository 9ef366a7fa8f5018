// canvas(p) = picture(p · size(picture) / size(canvas)), linear between pixels; one fragment per device pixel.

@group(0) @binding(0) var picture: texture_2d<f32>;
@group(0) @binding(1) var smoothly: sampler;

struct Corner {
  @builtin(position) position: vec4f,
  @location(0) part: vec2f,
}

@vertex
fn corner(@builtin(vertex_index) i: u32) -> Corner {
  let at = vec2f(f32(i & 1u) * 4.0 - 1.0, f32(i >> 1u) * 4.0 - 1.0);
  return Corner(vec4f(at, 0.0, 1.0), vec2f(0.5 + 0.5 * at.x, 0.5 - 0.5 * at.y));
}

@fragment
fn shade(in: Corner) -> @location(0) vec4f {
  return textureSampleLevel(picture, smoothly, in.part, 0.0);
}
