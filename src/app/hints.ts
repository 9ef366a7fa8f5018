/** How options are called and explained in the panel. What an option is and may be stands in its schema alone. */
export interface Hint {
  readonly name: string;
  /** Shown as a tooltip. */
  readonly about: string;
  /** Named values instead of a slider. */
  readonly choices?: Readonly<Record<string, string | number>>;
  /** Bounds and step of a slider where they are narrower than the schema's. */
  readonly range?: readonly [min: number, max: number, step: number];
}

/** By the option's key; an option without one appears under its key. */
export const HINTS: Readonly<Record<string, Hint>> = {
  ratio: {
    name: 'Bottleneck r / C',
    about: 'Width of the adapter’s bottleneck as a part of the tokens’ width. Narrower trains fewer parameters.',
    choices: { '1 / 16': 1 / 16, '1 / 8': 1 / 8, '1 / 4': 1 / 4, '1 / 2': 1 / 2 },
  },
  act: {
    name: 'Activation',
    about: 'Between Down and Up: ReLU as in the paper, GELU as in the published code.',
    choices: { ReLU: 'relu', GELU: 'gelu' },
  },
  scale: { name: 'Scale s', about: 'Factor of the adapter beside the MLP.', range: [0, 2, 0.05] },
  learnScale: { name: 'Learn s', about: 'One learnable s in every block.' },
  init: {
    name: 'Start of Up',
    about: 'Zeros: the model is unchanged at first. Default: random, as in the published code.',
    choices: { zeros: 'zero', 'random (published)': 'default' },
  },
  space: { name: 'Space adapter', about: 'The adapter after attention.' },
  mlp: { name: 'MLP adapter', about: 'The adapter beside the MLP.' },
  release: { name: 'As published', about: 'As the published code builds it: the base then differs a little, too.' },
  r: { name: 'Width r', about: 'Channels of the bottleneck; empty: by the ratio.' },
  rHyp: { name: 'Width of HyP', about: 'Channels of the prompted adapter’s bottleneck; empty: as the others.' },
  lp: { name: 'Prompt width', about: 'Width to which the prompt is reduced before weights are generated from it.' },
  k: {
    name: 'Generated layers',
    about: 'Number of layers whose weights are generated from the prompt.',
    range: [1, 4, 1],
  },
  arm: {
    name: 'Prompt joins by',
    about:
      'How the first adapter learns of the prompt: not at all, added, concatenated, or by weights generated from it.',
    choices: {
      'generated weights': 'hyper',
      'weights per token': 'hyper-token',
      adding: 'add',
      concatenating: 'concat',
      'not at all': 'none',
    },
  },
  hyp: { name: 'HyP adapter', about: 'The prompted adapter of the decoder’s tokens.' },
  image: { name: 'Image adapter', about: 'The adapter of the image tokens in the decoder.' },
  rank: { name: 'Rank', about: 'Of the low-rank change.', range: [1, 32, 1] },
  alpha: { name: 'Alpha', about: 'The change counts alpha / rank times; empty: once.' },
  targets: { name: 'Layers', about: 'Apart by commas: q, k, v, proj, lin1, lin2, or all.' },
  prompts: { name: 'Prompt tokens', about: 'Learnt tokens in every block.', range: [1, 64, 1] },
  depthSkip: { name: 'Skip in depth', about: 'A skip connection around the depth adapter.' },
  chunk: { name: 'Release: in a row', about: 'As released only: windows taken for depth; empty: the slices.' },
  allocate: { name: 'Allot ranks', about: 'Ranks go to the layers where they count most.' },
  totalSteps: { name: 'Budget steps', about: 'Steps over which ranks are allotted; empty: those of the run.' },
  attention: { name: 'In attention', about: 'Factors of keys and values.' },
  linear: { name: 'Linear layers', about: 'Scale and shift after linear layers.' },
  norms: { name: 'Norms', about: 'Scale and shift after norms.' },
  maxTrain: { name: 'Train on', about: 'Most cases to train on; empty: all.' },
  maxVal: { name: 'Measure on', about: 'Most cases to measure on, never trained on; empty: all.' },
  fraction: {
    name: 'Held out',
    about: 'Part of the cases that is measured on and never trained on.',
    range: [0.1, 0.9, 0.05],
  },
  depth: { name: 'Slices a slab', about: 'Slices that are seen together. Fewer take less memory.', range: [2, 32, 1] },
  prompt: {
    name: 'Prompt',
    about: 'What the model is told about each object while it trains.',
    choices: {
      '1 random click': 'point-1',
      'click in the middle': 'center',
      '3 random clicks': 'point-3',
      'tight box': 'box',
      'loose box': 'box-0.75',
    },
  },
  steps: { name: 'Steps', about: 'Length of the run.', range: [1, 500, 1] },
  lr: {
    name: 'Learning rate',
    about: 'Peak rate of AdamW; it rises over the first ten steps.',
    choices: { '0.0001': 1e-4, '0.0003': 3e-4, '0.001': 1e-3, '0.003': 3e-3, '0.01': 1e-2 },
  },
  accumulate: {
    name: 'Batches a step',
    about: 'Batches whose gradients are added up before the parameters change: a large step in little memory.',
    range: [1, 16, 1],
  },
  schedule: {
    name: 'Schedule',
    about: 'How the learning rate goes on after its rise.',
    choices: { constant: 'constant', steps: 'step', cosine: 'cosine' },
  },
  optimiser: {
    name: 'Optimiser',
    about: 'What turns gradients into changes.',
    choices: { AdamW: 'adamw', Adam: 'adam', SGD: 'sgd' },
  },
  weightDecay: { name: 'Weight decay', about: 'Pulls weights towards zero.', range: [0, 0.2, 0.005] },
  rounds: {
    name: 'Correction clicks',
    about: 'Clicks where the mask is wrong, each a round of its own within a step.',
    range: [0, 4, 1],
  },
  remat: {
    name: 'Keep blocks',
    about:
      'Blocks of the encoder are kept for the backward pass, or computed a second time: slower, in far less memory.',
    choices: { kept: 'none', 'computed twice': 'blocks' },
  },
  precision: {
    name: 'Stored in',
    about: 'What is kept for the backward pass, in 32 bits or in 16. Everything is computed in 32.',
    choices: {
      '32 bits': 'f32',
      '16 bits': 'mixed',
      '16 bits, gradients too': 'packed16',
      'f16, gradients too': 'f16',
    },
  },
  batch: { name: 'Batch', about: 'Objects in one step. Less takes less memory.', range: [1, 16, 1] },
  loss: {
    name: 'Loss',
    about:
      'Cross entropy by pixel, soft Dice by object, or both; focal loss minds hard pixels most (20 to 1 beside Dice, as in SAM).',
    choices: { 'BCE + Dice': 'bce+dice', BCE: 'bce', Dice: 'dice', 'Focal + Dice': 'focal+dice', Focal: 'focal' },
  },
  seed: { name: 'Seed', about: 'The same seed gives the same curve.' },
  opacity: { name: 'Mask opacity', about: 'Of the colour over the image.', range: [0, 1, 0.05] },
  outline: { name: 'Outline', about: 'Draws the mask’s border.' },
  crosshair: { name: 'Crosshair', about: 'Of volumes: where the other planes cut this one.' },
  truth: { name: 'True outline', about: 'Of embedded samples: where the objects really are (white).' },
  masks: {
    name: 'Masks',
    about: 'One mask, or SAM’s three candidates for an ambiguous click: whole, part, subpart.',
    choices: { 'three for one click': 'auto', 'always one': 'one', 'always three': 'three' },
  },
  refine: {
    name: 'Refine',
    about:
      'Gives the model the mask before each click, too. SAM was trained so; the small base that comes with this page was not, and is better without.',
  },
  hover: {
    name: 'Preview',
    about: 'Shows what a click would give while the pointer moves. Off by itself where masks take long.',
  },
  pointsPerSide: {
    name: 'Points per side',
    about: 'points_per_side: the model is asked at n × n points. SAM’s default is 32.',
    range: [2, 64, 1],
  },
  pointsPerBatch: { name: 'Points per batch', about: 'points_per_batch: decoded at once. Less takes less memory.' },
  predIouThresh: {
    name: 'Predicted IoU ≥',
    about:
      'pred_iou_thresh: masks with a lower estimate by the model go. SAM’s default is 0.88, beyond the small base’s reach.',
    range: [0, 1, 0.01],
  },
  stabilityScoreThresh: {
    name: 'Stability ≥',
    about: 'stability_score_thresh: masks that change more with the threshold go. SAM’s default is 0.95.',
    range: [0, 1, 0.01],
  },
  stabilityScoreOffset: {
    name: 'Stability offset',
    about: 'stability_score_offset: how far the threshold is moved for that. SAM’s default is 1.',
    range: [0, 3, 0.1],
  },
  boxNmsThresh: {
    name: 'Box NMS IoU',
    about: 'box_nms_thresh: of masks whose boxes overlap by more the better stays. SAM’s default is 0.7.',
    range: [0, 1, 0.01],
  },
  minMaskRegionArea: {
    name: 'Smallest part, px',
    about: 'min_mask_region_area: smaller islands go and smaller holes are filled. SAM’s default is 0.',
    range: [0, 1000, 1],
  },
  minArea: { name: 'Smallest mask, px', about: 'Smaller masks go.', range: [0, 5000, 10] },
  maxArea: {
    name: 'Largest mask, %',
    about: 'Masks that cover more of the slice go: the background.',
    range: [1, 100, 1],
  },
  theme: {
    name: 'Colours',
    about: 'Of the page: as the system says, dark, or light (for a bright room or a projector).',
    choices: { 'as the system': 'system', dark: 'dark', light: 'light' },
  },
};
