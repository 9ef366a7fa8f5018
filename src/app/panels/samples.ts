/** The embedded samples as thumbnails, one click away. Pictures come from the engine, one after another. */
import { phantom3dModalities } from '../../data/phantom3d';
import { usualModalities } from '../../data/phantoms';
import { type App, follow } from '../app';
import type { SampleModality } from '../configs';
import { el } from '../dom';
import type { Panel } from '../panel';
import type { SampleId } from '../protocol';

/** Pixels of a thumbnail: twice its size on the page, for sharp screens. */
const SIDE = 88;

interface Kind {
  readonly label: string;
  readonly count: number;
  /** Over the pictures; the label without it. */
  readonly caption?: string;
}

const kinds: Readonly<Record<SampleModality, Kind>> = {
  fundus: { label: 'Fundus', count: 3 },
  ultrasound: { label: 'Ultrasound', count: 3 },
  dermoscopy: { label: 'Dermoscopy', count: 3 },
  ct: { label: 'CT volume', count: 1, caption: 'CT 3-D' },
  mri: { label: 'MRI volume', count: 1, caption: 'MRI 3-D' },
  brain: { label: 'Brain MRI volume', count: 1, caption: 'Brain' },
  abdomen: { label: 'Abdominal CT volume', count: 1, caption: 'Organs' },
};

/** The panel. */
export const panel: Panel = { id: 'samples', place: 'left', title: 'Samples', order: 20, mount };

function mount(host: HTMLElement, app: App): void {
  const all = [...new Set([...usualModalities, ...phantom3dModalities])];
  const thumbs = all.flatMap((modality) => {
    const { count, label, caption = label } = kinds[modality];
    const own = Array.from({ length: count }, (_, index) => thumb(app, { modality, index }));
    const group = el(
      'div',
      { className: 'sample-kind', attrs: { role: 'group', 'aria-label': label } },
      el('span', { className: 'caption' }, caption),
      ...own.map((t) => t.button),
    );
    group.style.setProperty('--count', String(count));
    host.append(group);
    return own;
  });
  follow(app, ({ cases, shown }) => {
    const name = (shown && cases.get(shown)?.info.name) || '';
    for (const t of thumbs) t.button.setAttribute('aria-pressed', String(t.name.toLowerCase() === name.toLowerCase()));
  });
  // One after another: the engine has more urgent things to do in between.
  void thumbs.reduce((before, t) => before.then(t.draw), Promise.resolve()).catch(() => {});
}

function thumb({ control, client }: App, sample: SampleId) {
  const canvas = el('canvas', { width: SIDE, height: SIDE, attrs: { 'aria-hidden': 'true' } });
  const name = `${sample.modality} sample ${sample.index + 1}`;
  const title = `${kinds[sample.modality].label} sample ${sample.index + 1}`;
  const button = el(
    'button',
    { type: 'button', className: 'thumb', title, attrs: { 'aria-label': title, 'aria-pressed': 'false' } },
    canvas,
  );
  button.addEventListener('click', () => void control.openSample(sample));
  const draw = async () => {
    canvas.getContext('2d')?.putImageData(await client.call('thumbnail', { sample, size: SIDE }), 0, 0);
    button.classList.add('ready');
  };
  return { button, name, draw };
}
