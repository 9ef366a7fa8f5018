// Gives Node a `navigator.gpu` (Dawn, from the npm package webgpu). The system's graphics driver is taken where one
// answers, else SwiftShader. No file that a browser loads may import this one.
import { join } from 'node:path';
import { packedDrivers, packedRunsHere, systemVulkanDrivers } from './chromium.mjs';

// RTLD_NOW | RTLD_NODELETE: dlopen "fails" because a driver is no Node addon, but the library stays loaded, and Dawn's
// own dlopen by the same name then finds it.
const keepLoaded = 2 | 0x1000;

/** @param {string} library @returns {boolean} whether the shared library is loaded now */
function loadLibrary(library) {
  try {
    process.dlopen({ exports: {} }, library, keepLoaded);
    return true;
  } catch (error) {
    return /self-register|not a valid|symbol/i.test(String(error));
  }
}

/** Takes the system's Vulkan loader, or the packed one where a driver came without it. */
async function loadVulkan() {
  if (!loadLibrary('libvulkan.so.1')) loadLibrary(join(await packedDrivers(), 'libvulkan.so.1'));
}

async function useSoftwareDriver() {
  process.env.VK_ICD_FILENAMES = join(await packedDrivers(), 'vk_swiftshader_icd.json');
}

/**
 * Timestamps as the device gives them: rounded to 65 µs, as pages get them, they say nothing of single kernels. $MEDSA_DAWN names
 * further features of Dawn to switch on, with commas: `allow_unsafe_apis,vulkan_enable_f16_on_nvidia`, say.
 */
const options = () => [
  'disable-dawn-features=timestamp_quantization',
  ...(process.env.MEDSA_DAWN ? [`enable-dawn-features=${process.env.MEDSA_DAWN}`] : []),
];

/** @param {GPU} gpu */
const answers = async (gpu) => (await gpu.requestAdapter()) !== null;

/** @returns {Promise<GPU>} */
async function openGpu() {
  process.env.XDG_RUNTIME_DIR ??= '/tmp';
  const chosen = process.env.VK_ICD_FILENAMES || process.env.VK_DRIVER_FILES;
  const software = packedRunsHere() && !chosen;
  if (packedRunsHere()) await loadVulkan();
  if (software && systemVulkanDrivers().length === 0) await useSoftwareDriver();
  const { create, globals } = await import('webgpu');
  Object.assign(globalThis, globals);
  const gpu = create(options());
  if (!software || process.env.VK_ICD_FILENAMES || (await answers(gpu))) return gpu;
  // A driver is installed but no device answers (a container without its GPU, say).
  await useSoftwareDriver();
  return create(options());
}

/**
 * Defines `navigator.gpu` and the WebGPU globals in this process; does nothing where they exist. Takes 0.1 s
 * (0.3 s at the first use, which unpacks the driver). $VK_ICD_FILENAMES chooses a driver by hand.
 * @returns {Promise<GPU>}
 */
export async function installDawn() {
  const navigator = /** @type {{gpu?: GPU}} */ (globalThis.navigator ?? {});
  if (navigator.gpu) return navigator.gpu;
  const gpu = await openGpu();
  if (!globalThis.navigator) Object.defineProperty(globalThis, 'navigator', { value: navigator, configurable: true });
  Object.defineProperty(globalThis.navigator, 'gpu', { value: gpu, configurable: true });
  return gpu;
}
