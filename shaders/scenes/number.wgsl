// y[s] = number of instances, 0, 0, 0, then the instance 1.. of every pixel: shapes that show too little are background; one workgroup per scene
const SIDE: u32 = 8u;
// Pixels that an instance must show.
const LEAST: u32 = 1u;
//#fixed
const THREADS: u32 = 256u;
//#fixed
const LAYERS: u32 = 9u;

@group(0) @binding(0) var<storage, read> painted: array<f32>;
@group(0) @binding(1) var<storage, read_write> y: array<f32>;

var<workgroup> area: array<atomic<u32>, LAYERS>;

@compute @workgroup_size(256)
fn main(@builtin(workgroup_id) group: vec3u, @builtin(local_invocation_index) lane: u32) {
  let s = group.x;
  let plane = SIDE * SIDE;
  let ids = (4u * s + 3u) * plane;
  let out = s * (4u + plane);
  for (var p = lane; p < plane; p += THREADS) {
    atomicAdd(&area[u32(painted[ids + p])], 1u);
  }
  workgroupBarrier();
  var number = array<f32, LAYERS>();
  var count = 0.0;
  for (var k = 1u; k < LAYERS; k++) {
    if (atomicLoad(&area[k]) >= LEAST) {
      count += 1.0;
      number[k] = count;
    }
  }
  if (lane < 4u) {
    y[out + lane] = select(0.0, count, lane == 0u);
  }
  for (var p = lane; p < plane; p += THREADS) {
    y[out + 4u + p] = number[u32(painted[ids + p])];
  }
}
