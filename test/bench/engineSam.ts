// Our engine with SAM and what training needs, adapters apart: the entry whose size is budgeted (src/cli/benchBundle.ts).
export { grad } from '../../src/autograd/grad';
export { openGpu } from '../../src/gpu/device';
export { samConfig } from '../../src/models/sam/config';
export { makePredictor } from '../../src/models/sam/predictor';
export { buildSam } from '../../src/models/sam/sam';
export { makeParams } from '../../src/nn/params';
export { loadParams, uploadParams } from '../../src/nn/paramsIo';
export { adam } from '../../src/ops/optim';
export { compile } from '../../src/plan/compile';
