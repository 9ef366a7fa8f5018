// Marks of a cold start: wraps the WebGPU prototypes, so that every engine's start is cut into the same phases.
import type { ColdPhases } from '../../src/cli/benchProtocol';

/** What is seen of a start; times in ms since navigation began. */
export interface ColdWatch {
  /** Phases up to `done`, and what compiling took. */
  phases(done: number): ColdPhases;
}

type Method = (...args: unknown[]) => unknown;

/** Calls `before` and, with what it returned, `after` around every call of a method, after its promise if it returns one. */
function around<T>(proto: object, name: string, before: () => T, after: (t: T) => void): void {
  const methods = proto as Record<string, Method>;
  const real = methods[name];
  methods[name] = function (this: object, ...args: unknown[]) {
    const t = before();
    const made = real.apply(this, args);
    if (made instanceof Promise) void made.then(() => after(t)).catch(() => {});
    else after(t);
    return made;
  };
}

/** Begins to watch; call once, before any engine is loaded. */
export function watchCold(): ColdWatch {
  const now = () => performance.now();
  const at = { script: now(), adapter: 0, device: 0, firstShader: 0, lastPipeline: 0, firstSubmit: 0, lastSubmit: 0 };
  const sum = { shaderCalls: 0, shaders: 0, pipelines: 0, pipelineMs: [] as number[] };
  around(GPU.prototype, 'requestAdapter', now, () => (at.adapter ||= now()));
  around(GPUAdapter.prototype, 'requestDevice', now, () => (at.device ||= now()));
  const shader = () => {
    sum.shaders++;
    at.firstShader ||= now();
    return now();
  };
  around(GPUDevice.prototype, 'createShaderModule', shader, (t) => {
    sum.shaderCalls += now() - t;
  });
  for (const name of ['createComputePipeline', 'createComputePipelineAsync'])
    around(GPUDevice.prototype, name, now, (t) => {
      sum.pipelines++;
      sum.pipelineMs.push(now() - t);
      at.lastPipeline = now();
    });
  around(GPUQueue.prototype, 'submit', now, () => {
    at.firstSubmit ||= now();
    at.lastSubmit = now();
  });
  const navigation = performance.getEntriesByType('navigation')[0] as PerformanceNavigationTiming;
  return {
    phases: (done) => ({ ...at, ...sum, response: navigation.responseEnd, done }),
  };
}
