/** What the pointer does on a slice: one file each in `tools/`, found by glob. */
import type { Plane } from '../data/volumeReorient';
import type { App } from './app';
import type { PlaneGeometry } from './document/planes';

/** A pointer on a slice, or the keyboard's cross. */
export interface ToolEvent {
  readonly plane: Plane;
  readonly slice: number;
  readonly geometry: PlaneGeometry;
  /** Pixels of the slice, to a tenth, (0, 0) the outer corner of the first; may lie outside while dragging. */
  readonly x: number;
  readonly y: number;
  /** The opposite is meant: right button, Alt or Ctrl. */
  readonly other: boolean;
  readonly shift: boolean;
  /** CSS pixels on the canvas of a place on the slice, to judge distances by. */
  readonly toScreen: (x: number, y: number) => { readonly x: number; readonly y: number };
}

/** Where a tool draws: a 2-D context in CSS pixels over the slice. */
export interface ToolCanvas {
  readonly ctx: CanvasRenderingContext2D;
  readonly plane: Plane;
  readonly slice: number;
  readonly geometry: PlaneGeometry;
  /** CSS pixels of a place on the slice. */
  readonly toScreen: ToolEvent['toScreen'];
}

/** A tool. Between `down` and `up` it gets `move`; else `hover`. */
export interface Tool {
  readonly id: string;
  /** On its button. */
  readonly label: string;
  /** One letter that chooses it, as people read it. */
  readonly key: string;
  /** A sentence for tooltip and help. */
  readonly about: string;
  /** Place in the toolbar. */
  readonly order: number;
  /** A click does no harm: a double click shows the view alone. */
  readonly calm?: true;
  /** CSS cursor; a cross without it. */
  readonly cursor?: string;
  /** Gestures for the help sheet. */
  readonly gestures?: readonly (readonly [keys: readonly string[], about: string])[];
  readonly down?: (e: ToolEvent, app: App) => void;
  readonly move?: (e: ToolEvent, app: App) => void;
  readonly up?: (e: ToolEvent, app: App) => void;
  /** The pointer moves without a button; null when it leaves. */
  readonly hover?: (e: ToolEvent | null, app: App) => void;
  /** Enter at the keyboard's cross; without it, `down` and `up` there. */
  readonly enter?: (e: ToolEvent, app: App) => void;
  /** The keyboard's cross moved: what Enter began may follow it. */
  readonly step?: (e: ToolEvent, app: App) => void;
  /** Gives up what is being dragged, or was begun by Enter; false where there is nothing. */
  readonly cancel?: (app: App) => boolean;
  /** Draws over every slice while the tool is chosen. */
  readonly draw?: (canvas: ToolCanvas, app: App) => void;
  /** Controls beside the tools while it is chosen. */
  readonly options?: (app: App) => HTMLElement;
}

/** All tools in the order of the toolbar. */
export const TOOLS: readonly Tool[] = Object.values(
  import.meta.glob<{ readonly tool: Tool }>('./tools/*.ts', { eager: true }),
)
  .map((m) => m.tool)
  .sort((a, b) => a.order - b.order);

/** The tool with this id, else the first. */
export const toolOf = (id: string): Tool => TOOLS.find((t) => t.id === id) ?? TOOLS[0];
