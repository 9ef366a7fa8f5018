/**
 * Shaders that no forward pass of SAM on a software adapter needs, by path under `shaders/`: gradients, optimisers, drawing,
 * workgroup tiles of GPUs, the volume view. A chunk of its own in releases.
 */
export const moreShaders = import.meta.glob(
  [
    '/shaders/{bench,image,optim,scenes}/**/*.wgsl',
    '/shaders/attention/{depth*,flashD*,flashWg,wg*}.wgsl',
    '/shaders/conv/d*.wgsl',
    '/shaders/norm/*{Dx,Grad}*.wgsl',
    '/shaders/matmul/{wg,matri,product,store}*.wgsl',
    '/shaders/view/volume*.wgsl',
  ],
  { query: '?raw', import: 'default', eager: true },
) as Record<string, string>;
