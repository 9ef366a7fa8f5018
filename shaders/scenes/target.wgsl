// y[r, c] = part of cell c that the instance of prompt row r covers; one thread per cell
//#include lib/index.wgsl
//#include scenes/asked.wgsl
const ROWS: u32 = 1u;
const SIDE: u32 = 8u;
// Pixels a side of a cell.
const CELL: u32 = 2u;

@group(0) @binding(0) var<storage, read> ask: array<u32>;
@group(0) @binding(1) var<storage, read> ids: array<f32>;
@group(0) @binding(2) var<storage, read_write> y: array<f32>;

@compute @workgroup_size(64)
fn main(@builtin(global_invocation_id) gid: vec3u, @builtin(num_workgroups) nwg: vec3u) {
  let i = linear(gid, nwg);
  let grid = SIDE / CELL;
  if (i >= ROWS * grid * grid) {
    return;
  }
  let r = i / (grid * grid);
  let c = i % (grid * grid);
  let scene = r / OBJECTS * (4u + SIDE * SIDE);
  let id = f32(asked(r, u32(ids[scene])));
  let corner = scene + 4u + c / grid * CELL * SIDE + c % grid * CELL;
  var n = 0u;
  for (var v = 0u; v < CELL; v++) {
    for (var u = 0u; u < CELL; u++) {
      n += select(0u, 1u, ids[corner + v * SIDE + u] == id);
    }
  }
  y[i] = f32(n) / f32(CELL * CELL);
}
