/** Views in the middle of the page: lists in `views/`, found by glob. The grid shows those that make sense for the case. */
import type { App } from './app';
import type { CaseInfo } from './document/caseInfo';

/** A view on the page. */
export interface MountedView {
  readonly element: HTMLElement;
  /** Zooms about the middle. */
  readonly zoom: (factor: number) => void;
  /** One pixel of the image on one of the screen. */
  readonly actualSize?: () => void;
  /** Shows all of it. */
  readonly showAll: () => void;
}

/** A kind of view: one is made when the page opens and shown or hidden from then on. */
export interface View {
  /** A plane's name, or another. */
  readonly id: string;
  readonly order: number;
  /** On the button that shows it alone. */
  readonly label: string;
  readonly applies: (info: CaseInfo) => boolean;
  readonly make: (app: App) => MountedView;
}

/** All views in the order of the grid. */
export const VIEWS: readonly View[] = Object.values(
  import.meta.glob<{ readonly views: readonly View[] }>('./views/*.ts', { eager: true }),
)
  .flatMap((m) => m.views)
  .sort((a, b) => a.order - b.order);

/** Views of a case that are on the screen in a layout. */
export function viewsIn(layout: string, info: CaseInfo): readonly View[] {
  const fitting = VIEWS.filter((v) => v.applies(info));
  const alone = fitting.filter((v) => v.id === layout);
  return alone.length ? alone : fitting;
}
