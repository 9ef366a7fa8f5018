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
  adapter: {
    name: 'Variant',
    about: 'Which adapter is put into the frozen model.',
    choices: { 'Med-SA (paper)': 'medsa' },
  },
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
  data: {
    name: 'Images',
    about: 'Embedded, procedurally drawn images to train on. The samples above are not among them.',
    choices: { Fundus: 'fundus', Ultrasound: 'ultrasound', Dermoscopy: 'dermoscopy', 'All three': 'all' },
  },
  images: { name: 'Number', about: 'Training images of each kind.', range: [4, 128, 4] },
  heldOut: {
    name: 'Held out',
    about: 'Images of each kind on which Dice is measured, never trained on.',
    range: [2, 32, 1],
  },
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
  steps: { name: 'Steps', about: 'Length of the run.', range: [10, 500, 10] },
  lr: {
    name: 'Learning rate',
    about: 'Peak rate of AdamW; it rises over the first ten steps.',
    choices: { '0.0001': 1e-4, '0.0003': 3e-4, '0.001': 1e-3, '0.003': 3e-3, '0.01': 1e-2 },
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
    about: 'One mask, or SAM’s three candidates for an ambiguous click.',
    choices: { one: 'one', 'three to choose from': 'three' },
  },
  theme: {
    name: 'Colours',
    about: 'Of the page: as the system says, dark, or light (for a bright room or a projector).',
    choices: { 'as the system': 'system', dark: 'dark', light: 'light' },
  },
};
