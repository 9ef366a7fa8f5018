/** Words for everything that can go wrong: what happened, and what to do. Pure text. */
import type { ErrorInfo, FilesOpened } from './protocol';

/** What a notice offers. */
export type NoticeAction = 'restore' | 'reload' | 'open';

/** A message on the page. `blocking`: it stands where the image would be, since nothing works without its cure. */
export interface Notice {
  readonly tone: 'error' | 'info';
  readonly title: string;
  /** Paragraphs. */
  readonly text: readonly string[];
  /** Things to try, one line each. */
  readonly remedies: readonly string[];
  readonly action: { readonly label: string; readonly does: NoticeAction } | null;
  readonly blocking: boolean;
}

/** What is being done when no GPU was opened yet: nothing works then, so what fails stands where the image would be. */
export const OPENING = 'while opening the GPU';

const plain = { tone: 'error', remedies: [], action: null, blocking: false } as const;
const reload = { label: 'Reload the page', does: 'reload' } as const;

/** The notice for an error; `during` says what was being done, as in "while opening scan.png". */
export function noticeOf(error: ErrorInfo, during = ''): Notice {
  const notice = noticeFor(error, during);
  if (during !== OPENING || notice.blocking) return notice;
  const tooSmall = error.kind === 'limit' || error.kind === 'memory';
  const remedies = [
    'Close other tabs and programs that use the GPU, and reload.',
    'Update the graphics driver, or try another browser: each allows other limits.',
  ];
  return { ...notice, ...(tooSmall ? { remedies } : {}), action: notice.action ?? reload, blocking: true };
}

function noticeFor(error: ErrorInfo, during: string): Notice {
  const text = [error.message];
  switch (error.kind) {
    case 'no-webgpu':
      return {
        ...{ ...plain, title: 'This browser has no WebGPU', action: reload, blocking: true },
        text: [
          'Everything here is computed on your own graphics card through WebGPU, and this browser does not offer it.',
        ],
        remedies: [
          'Use a recent Chrome or Edge (113 or later), Firefox (141 or later) or Safari (26 or later).',
          'Open the page over https:// or from localhost: browsers hide WebGPU elsewhere.',
          'On Linux, Chrome may need "Unsafe WebGPU Support" and "Vulkan" in chrome://flags.',
        ],
      };
    case 'no-adapter':
      return {
        ...{ ...plain, title: 'WebGPU found no graphics adapter', action: reload, blocking: true },
        text: ['The browser knows WebGPU, but no graphics card or driver answered.'],
        remedies: [
          'Update the graphics driver and restart the browser.',
          'Switch on hardware acceleration in the browser’s settings (System).',
          'See chrome://gpu (or about:support) for why the card is blocked; a remote desktop often has none.',
        ],
      };
    case 'lost':
      return {
        ...{ ...plain, title: 'The GPU was lost' },
        text: [...text, 'Your images, points and the training so far are kept.'],
        remedies: [
          'Restore opens the device again and puts everything back; other programs may need to leave the GPU some memory first.',
        ],
        action: { label: 'Restore', does: 'restore' },
      };
    case 'limit':
    case 'memory':
      return {
        ...{ ...plain, title: error.kind === 'limit' ? 'This GPU is too small for that' : 'Not enough GPU memory' },
        text,
        remedies: [
          'Lower the batch in the panel, or use fewer points.',
          'Close other tabs and programs that use the GPU.',
        ],
      };
    case 'image':
      return {
        ...{ ...plain, title: 'This file cannot be opened', text },
        remedies: ['PNG, JPEG, NIfTI, NRRD, MetaImage and DICOM are read.'],
        action: { label: 'Open another file', does: 'open' },
      };
    case 'weights':
      return { ...plain, title: 'The model could not be loaded', text, action: reload, blocking: true };
    case 'storage':
      return {
        ...{ ...plain, title: 'This browser has no room left' },
        text: [
          `Nothing more can be kept on this machine${during && ` (${during})`}; what is open stays until the page is closed.`,
          // A browser's own error is a name, not words.
          ...(/\s/.test(error.message) ? text : []),
        ],
        remedies: [
          'Save what you want to keep: masks, adapters and runs under Out.',
          'Forget cached embeddings under Out, “Kept in this browser”; they are computed again when needed.',
          'Free space on the disk, or on the site’s data in the browser’s settings.',
        ],
      };
    case 'training':
      return { ...plain, title: 'Training stopped', text: error.message.split('\n').map((l) => l.trim()) };
    default:
      return { ...plain, title: during ? `Something went wrong ${during}` : 'Something went wrong', text };
  }
}

/** Little room is left: said before anything is lost. Null while there is enough. `free` in bytes. */
export function roomNotice(free: number): Notice | null {
  if (free > LITTLE_ROOM) return null;
  return {
    ...{ ...noticeOf({ kind: 'storage', message: '' }), tone: 'info', title: 'This browser has little room left' },
    text: [
      `${Math.max(0, Math.floor(free / 2 ** 20))} MiB are left for embeddings and runs on this machine. Nothing was lost yet.`,
    ],
  };
}

/** A run that was shown is no more. */
export const goneNotice = (name: string): Notice => ({
  ...{ ...plain, tone: 'info', title: `${name} is gone` },
  text: ['It was deleted in another tab.'],
});

/** Bytes below which room is little: some checkpoints of a run. */
const LITTLE_ROOM = 32 * 2 ** 20;

/** The engine's worker itself failed. */
export function workerFailed(message: string): Notice {
  return {
    ...{ ...plain, title: 'The engine stopped', action: reload, blocking: true },
    text: [message || 'The worker that computes could not be started.'],
    remedies: ['Reload the page. If it happens again, the browser may be too old for module workers.'],
  };
}

/** A change that a lock was against. */
export function lockedNotice(name: string): Notice {
  return {
    ...{ ...plain, tone: 'info', title: `${name} is locked` },
    text: ['It was left as it is. Open its padlock in the list of objects to change it.'],
  };
}

/** Most files that a notice tells of one by one. */
const MAX_TOLD = 6;

/** What became of files, where it is not plain: those refused, each in its reader's own words, masks that were added, warnings. */
export function filesNotice(
  { refused, warnings, additions }: Pick<FilesOpened, 'refused' | 'warnings' | 'additions'>,
  nameOf: (id: string) => string,
): Notice | null {
  const added = additions.map(({ case: id, name, objects, doc }) => {
    const n = objects?.length ?? doc?.objects.length ?? 0;
    const what = `${n} object${n === 1 ? '' : 's'}`;
    return doc
      ? `${name}: the session was restored onto ${nameOf(id)} (${what})`
      : `${name}: ${what} added to ${nameOf(id)}`;
  });
  const told = [...refused.map((r) => r.message), ...warnings.map((w) => w.message), ...added];
  if (!told.length) return null;
  const text = told.length > MAX_TOLD ? [...told.slice(0, MAX_TOLD), `and ${told.length - MAX_TOLD} more`] : told;
  if (refused.length) {
    const title = refused.length > 1 ? `${refused.length} files cannot be opened` : 'This file cannot be opened';
    const action = { label: 'Open another file', does: 'open' } as const;
    return { ...plain, title, text, remedies: ['What was open stays as it is.'], action };
  }
  const title = warnings.length ? 'Opened, but look twice' : 'Put onto the image';
  return { ...plain, tone: 'info', title, text, remedies: added.length ? ['Undo takes it away again.'] : [] };
}
