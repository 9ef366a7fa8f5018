// y[r] = TOKENS points x, y, then their labels: a click on row r's instance, a second on it or beside it, or its box; one workgroup per row
// Kinds: 0 click and padding; 1 two clicks and padding, the second on the instance; 2 the second beside it; 3 box. Pixels are drawn by the
// least hash of their number: the hash is one to one, so no two are equal.
//#include lib/random.wgsl
//#include scenes/asked.wgsl
const SIDE: u32 = 8u;
const TOKENS: u32 = 2u;
//#fixed
const THREADS: u32 = 256u;
//#fixed
const NONE: u32 = 0xffffffffu;

@group(0) @binding(0) var<storage, read> ask: array<u32>;
@group(0) @binding(1) var<storage, read> ids: array<f32>;
@group(0) @binding(2) var<storage, read_write> y: array<f32>;

// Least hashes of both clicks; least x and y and the complements of the greatest.
var<workgroup> least: array<atomic<u32>, 6>;
var<workgroup> chosen: array<u32, 2>;

fn put(r: u32, i: u32, x: u32, y_: u32, label: f32) {
  y[r * 3u * TOKENS + 2u * i] = f32(x);
  y[r * 3u * TOKENS + 2u * i + 1u] = f32(y_);
  y[r * 3u * TOKENS + 2u * TOKENS + i] = label;
}

@compute @workgroup_size(256)
fn main(@builtin(workgroup_id) group: vec3u, @builtin(local_invocation_index) lane: u32) {
  let r = group.x;
  let kind = ask[4u * r];
  let scene = r / OBJECTS * (4u + SIDE * SIDE);
  let id = f32(asked(r, u32(ids[scene])));
  let keys = vec2u(hash(ask[4u * r + 1u]), hash(ask[4u * r + 2u]));
  if (lane < 6u) {
    atomicStore(&least[lane], NONE);
  }
  if (lane < 2u) {
    chosen[lane] = 0u;
  }
  workgroupBarrier();
  var own = array<u32, 6>(NONE, NONE, NONE, NONE, NONE, NONE);
  var pixel = vec2u(NONE);
  for (var p = lane; p < SIDE * SIDE; p += THREADS) {
    let on = ids[scene + 4u + p] == id;
    let h = vec2u(hash(p ^ keys.x), hash(p ^ keys.y));
    if (on) {
      if (h.x < own[0] || pixel.x == NONE) {
        own[0] = h.x;
        pixel.x = p;
      }
      own[2] = min(own[2], p % SIDE);
      own[3] = min(own[3], p / SIDE);
      own[4] = min(own[4], ~(p % SIDE));
      own[5] = min(own[5], ~(p / SIDE));
    }
    if (on == (kind == 1u) && (h.y < own[1] || pixel.y == NONE)) {
      own[1] = h.y;
      pixel.y = p;
    }
  }
  for (var i = 0u; i < 6u; i++) {
    atomicMin(&least[i], own[i]);
  }
  workgroupBarrier();
  for (var i = 0u; i < 2u; i++) {
    if (pixel[i] != NONE && own[i] == atomicLoad(&least[i])) {
      chosen[i] = pixel[i];
    }
  }
  workgroupBarrier();
  if (lane != 0u) {
    return;
  }
  for (var i = 0u; i < TOKENS; i++) {
    put(r, i, 0u, 0u, -1.0);
  }
  if (kind == 3u) {
    put(r, 0u, atomicLoad(&least[2]), atomicLoad(&least[3]), 2.0);
    put(r, 1u, ~atomicLoad(&least[4]), ~atomicLoad(&least[5]), 3.0);
    return;
  }
  put(r, 0u, chosen[0] % SIDE, chosen[0] / SIDE, 1.0);
  if (kind != 0u) {
    put(r, 1u, chosen[1] % SIDE, chosen[1] / SIDE, select(0.0, 1.0, kind == 1u));
  }
}
