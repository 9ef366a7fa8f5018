// click = innermost (or a random) pixel of the largest error component of logits > 0 against target; one workgroup of 256 threads per row
// Target: 1 object, 0 not, −1 does not count. Components are 8-connected, missed and wrong pixels apart; of equal ones a missed one
// first, then raster order. A row of `out` is x, y, 0 no error · 1 wrong · 2 missed, 0, then parents and counts of all pixels.
// Union by the smaller index: the forest depends on timing, its roots (first pixel of each component) do not.
//#include lib/random.wgsl
const SIDE: u32 = 8u;
//#fixed
const THREADS: u32 = 256u;
//#fixed
const NONE: u32 = 0xffffffffu;

@group(0) @binding(0) var<storage, read> logits: array<f32>;
@group(0) @binding(1) var<storage, read> target_: array<f32>;
//#if RANDOM
@group(0) @binding(2) var<storage, read> keys: array<u32>;
@group(0) @binding(3) var<storage, read_write> out: array<atomic<u32>>;
//#else
@group(0) @binding(2) var<storage, read_write> out: array<atomic<u32>>;
//#endif

var<workgroup> bestValue: array<u32, THREADS>;
var<workgroup> bestPixel: array<u32, THREADS>;
var<workgroup> chosen: u32;

// 2 missed, 1 wrong, 0 right or not counted.
fn kind(row: u32, p: u32) -> u32 {
  let t = target_[row * SIDE * SIDE + p];
  let on = logits[row * SIDE * SIDE + p] > 0.0;
  return select(select(0u, 1u, on && t > -0.5), select(2u, 0u, on), t > 0.5);
}

// Root of p. Halves the path on the way: parents only ever move towards the root.
fn find(parents: u32, p: u32) -> u32 {
  var at = p;
  loop {
    let up = atomicLoad(&out[parents + at]);
    let top = atomicLoad(&out[parents + up]);
    if (up == top) {
      return up;
    }
    atomicMin(&out[parents + at], top);
    at = top;
  }
}

fn join(parents: u32, p: u32, q: u32) {
  var a = p;
  var b = q;
  loop {
    a = find(parents, a);
    b = find(parents, b);
    if (a == b) {
      return;
    }
    let high = max(a, b);
    let low = min(a, b);
    let before = atomicMin(&out[parents + high], low);
    if (before == high) {
      return;
    }
    a = before; // moved in between: its old and its new parent belong together
    b = low;
  }
}

// Squared distance of member p to the nearest pixel outside, from the column distances.
fn distance2(counts: u32, p: u32) -> u32 {
  let x = p % SIDE;
  let start = p - x;
  let own = atomicLoad(&out[counts + p]);
  var best = own * own;
  for (var d = 1u; d * d < best; d++) {
    // Beyond the image is outside.
    var near = 0u;
    if (x >= d && x + d < SIDE) {
      near = min(atomicLoad(&out[counts + start + x - d]), atomicLoad(&out[counts + start + x + d]));
    }
    best = min(best, d * d + near * near);
  }
  return best;
}

@compute @workgroup_size(256)
fn main(@builtin(workgroup_id) group: vec3u, @builtin(local_invocation_index) lane: u32) {
  let row = group.x;
  let n = SIDE * SIDE;
  let head = row * (4u + 2u * n);
  let parents = head + 4u;
  let counts = parents + n;
  for (var p = lane; p < n; p += THREADS) {
    atomicStore(&out[parents + p], select(NONE, p, kind(row, p) != 0u));
    atomicStore(&out[counts + p], 0u);
  }
  storageBarrier();
  for (var p = lane; p < n; p += THREADS) {
    let k = kind(row, p);
    let x = p % SIDE;
    if (k == 0u) {
      continue;
    }
    if (x > 0u && kind(row, p - 1u) == k) {
      join(parents, p, p - 1u);
    }
    if (p < SIDE) {
      continue;
    }
    for (var u = max(x, 1u) - 1u; u <= min(x + 1u, SIDE - 1u); u++) {
      let q = p - SIDE - x + u;
      if (kind(row, q) == k) {
        join(parents, p, q);
      }
    }
  }
  storageBarrier();
  for (var p = lane; p < n; p += THREADS) {
    if (atomicLoad(&out[parents + p]) != NONE) {
      let root = find(parents, p);
      atomicMin(&out[parents + p], root);
      atomicAdd(&out[counts + root], 1u);
    }
  }
  storageBarrier();
  // The largest component, by its root; a missed one counts half a pixel more.
  var value = 0u;
  var pixel = NONE;
  for (var p = lane; p < n; p += THREADS) {
    if (atomicLoad(&out[parents + p]) == p) {
      let size = 2u * atomicLoad(&out[counts + p]) + kind(row, p) / 2u;
      if (size > value) {
        value = size;
        pixel = p;
      }
    }
  }
  bestValue[lane] = value;
  bestPixel[lane] = pixel;
  workgroupBarrier();
  if (lane == 0u) {
    chosen = strongest();
  }
  workgroupBarrier();
  storageBarrier();
  let root = chosen;
  // Distance to the nearest pixel outside in the same column, outside the image included.
  for (var x = lane; x < SIDE; x += THREADS) {
    var run = 0u;
    for (var p = x; p < n; p += SIDE) {
      let inside = root != NONE && atomicLoad(&out[parents + p]) == root;
      run = select(0u, run + 1u, inside);
      atomicStore(&out[counts + p], run);
    }
    run = 0u;
    for (var k = 1u; k <= SIDE; k++) {
      let p = n - k * SIDE + x;
      let down = atomicLoad(&out[counts + p]);
      run = select(0u, run + 1u, down > 0u);
      atomicStore(&out[counts + p], min(run, down));
    }
  }
  storageBarrier();
  value = 0u;
  pixel = NONE;
  for (var p = lane; p < n; p += THREADS) {
    if (atomicLoad(&out[counts + p]) > 0u) {
//#if RANDOM
      let v = max(hash(p ^ hash(keys[row])), 1u);
//#else
      let v = distance2(counts, p);
//#endif
      if (v > value) {
        value = v;
        pixel = p;
      }
    }
  }
  bestValue[lane] = value;
  bestPixel[lane] = pixel;
  workgroupBarrier();
  if (lane == 0u) {
    let p = strongest();
    let found = p != NONE;
    atomicStore(&out[head], select(0u, p % SIDE, found));
    atomicStore(&out[head + 1u], select(0u, p / SIDE, found));
    atomicStore(&out[head + 2u], select(0u, kind(row, min(p, n - 1u)), found));
    atomicStore(&out[head + 3u], 0u);
  }
}

// Pixel with the largest value of all threads, the first in raster order among equals.
fn strongest() -> u32 {
  var value = 0u;
  var pixel = NONE;
  for (var i = 0u; i < THREADS; i++) {
    if (bestPixel[i] != NONE && (bestValue[i] > value || (bestValue[i] == value && bestPixel[i] < pixel))) {
      value = bestValue[i];
      pixel = bestPixel[i];
    }
  }
  return pixel;
}
