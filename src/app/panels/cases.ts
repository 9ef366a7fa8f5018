/** The open cases: which one is shown, and how to close each. */
import { type App, follow } from '../app';
import type { CaseInfo } from '../document/caseInfo';
import { el } from '../dom';
import type { Panel } from '../panel';
import type { OpenCase } from '../state';

/** The panel. */
export const panel: Panel = { id: 'cases', place: 'left', title: 'Open', order: 10, mount };

function mount(host: HTMLElement, app: App): void {
  const list = el('ul', { className: 'case-list', attrs: { 'aria-label': 'Open images and volumes' } });
  const open = el(
    'button',
    { type: 'button', className: 'plain', title: 'PNG, JPEG, NIfTI, DICOM, NRRD, MetaImage; masks and sessions (O)' },
    'Open files…',
  );
  open.addEventListener('click', app.openDialog);
  host.append(list, el('div', { className: 'row openers' }, open, ...folderButton(app)));
  follow(app, (s, before) => {
    if (before && s.cases === before.cases && s.shown === before.shown) return;
    list.replaceChildren(...[...s.cases.values()].map((c) => row(app, c, c.info.id === s.shown)));
  });
}

/** Chooses a folder, such as that of a DICOM series; browsers ask for files or for folders, never for both. */
function folderButton({ control }: App): HTMLElement[] {
  const input = el('input', {
    type: 'file',
    webkitdirectory: true,
    hidden: true,
    attrs: { 'aria-label': 'Folder to open' },
  });
  input.addEventListener('change', () => {
    const files = [...(input.files ?? [])];
    input.value = '';
    if (files.length) void control.openFiles(files);
  });
  const button = el(
    'button',
    {
      type: 'button',
      className: 'plain',
      title: 'All files of a folder: a DICOM series, images with their masks',
    },
    'Folder…',
  );
  button.addEventListener('click', () => input.click());
  return [button, input];
}

const MODALITIES: Readonly<Record<CaseInfo['modality'], string>> = {
  ct: 'CT',
  mr: 'MR',
  colour: 'Colour',
  grey: 'Grey',
};

/** What a case is, in a few words: "CT · 24 slices · 2 objects"; of an image one sees whether it has colours. */
export function captionOf({ kind, dims, modality, source }: CaseInfo, objects: number): string {
  const slices = `${dims[2]} slice${dims[2] > 1 ? 's' : ''}`;
  const what = kind === 'volume' ? [MODALITIES[modality], slices] : [`${source.dims[0]} × ${source.dims[1]}`];
  const made = objects ? [`${objects} object${objects > 1 ? 's' : ''}`] : [];
  return [...what, ...made].join(' · ');
}

function row({ control }: App, { info, timeline }: OpenCase, shown: boolean): HTMLElement {
  const { id, name } = info;
  const attrs = { 'aria-current': String(shown) };
  const show = el(
    'button',
    { type: 'button', className: 'case-show', title: name, attrs },
    el('b', {}, name),
    el('small', {}, captionOf(info, timeline.now.objects.length)),
  );
  show.addEventListener('click', () => control.showCase(id));
  const close = el(
    'button',
    { type: 'button', className: 'icon', title: `Close ${name}`, attrs: { 'aria-label': `Close ${name}` } },
    '×',
  );
  close.addEventListener('click', () => {
    const made = timeline.now.objects.length;
    if (!made || confirm(`Close ${name}? Its ${made} object${made > 1 ? 's' : ''} will be gone.`))
      control.closeCase(id);
  });
  return el('li', { className: shown ? 'case shown' : 'case' }, show, close);
}
