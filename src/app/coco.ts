/** Objects as a COCO annotation file: one image for each slice that has any, one annotation an object and slice. */
import { cocoCounts, packCounts } from '../data/cocoRle';
import type { CaseInfo } from './document/caseInfo';
import type { CaseDoc } from './document/document';
import { objectOnFile } from './fileLabels';

/** One object on one image; `segmentation.counts` is COCO's packed text. */
export interface CocoAnnotation {
  readonly id: number;
  readonly image_id: number;
  readonly category_id: number;
  readonly segmentation: { readonly size: readonly [height: number, width: number]; readonly counts: string };
  /** Pixels. */
  readonly area: number;
  readonly bbox: readonly [x: number, y: number, width: number, height: number];
  readonly iscrowd: 0;
  /** The model's own estimate of the IoU, where the mask is its. */
  readonly score?: number;
  /** The object that it is a slice of, and that object's colour: COCO's tools pass both over. */
  readonly object_id?: number;
  readonly color?: readonly [red: number, green: number, blue: number];
}

/** What COCO's tools read. */
export interface CocoFile {
  readonly info: { readonly description: string; readonly version: string };
  readonly images: readonly {
    readonly id: number;
    readonly file_name: string;
    readonly width: number;
    readonly height: number;
    /** Slice along the file's third axis, from 0. */
    readonly slice?: number;
  }[];
  readonly categories: readonly { readonly id: number; readonly name: string; readonly supercategory: string }[];
  readonly annotations: readonly CocoAnnotation[];
}

/** Smallest box around the pixels that are not 0, and their number. */
function extentOf(mask: Uint8Array, width: number): { area: number; bbox: CocoAnnotation['bbox'] } {
  let [area, left, right, top, bottom] = [0, width, -1, mask.length, -1];
  for (let i = 0; i < mask.length; i++) {
    if (!mask[i]) continue;
    const [x, y] = [i % width, Math.floor(i / width)];
    area++;
    [left, right] = [Math.min(left, x), Math.max(right, x)];
    [top, bottom] = [Math.min(top, y), y];
  }
  return { area, bbox: area ? [left, top, right - left + 1, bottom - top + 1] : [0, 0, 0, 0] };
}

/** The objects on the file's own grid. Objects of one name are instances of one category. */
export function cocoOf(doc: CaseDoc, info: CaseInfo): CocoFile {
  const [width, height] = info.source.dims;
  const names = [...new Set(doc.objects.filter((o) => o.masks.size).map((o) => o.name))];
  const slices = new Map<number, number>();
  const annotations: CocoAnnotation[] = [];
  for (const o of doc.objects) {
    for (const [k, mask] of objectOnFile(o, info)) {
      if (!slices.has(k)) slices.set(k, slices.size + 1);
      annotations.push({
        ...{ id: annotations.length + 1, image_id: slices.get(k) ?? 0, category_id: names.indexOf(o.name) + 1 },
        segmentation: { size: [height, width], counts: packCounts(cocoCounts(mask, width, height)) },
        ...{ ...extentOf(mask, width), iscrowd: 0 },
        ...(o.score === null ? {} : { score: o.score }),
        ...{ object_id: o.id, color: o.colour },
      });
    }
  }
  const volume = info.kind === 'volume';
  return {
    info: { description: `Objects of ${info.name}`, version: '1.0' },
    images: [...slices].map(([k, id]) => ({
      ...{ id, file_name: volume ? `${info.name}#${k}` : info.name, width, height },
      ...(volume ? { slice: k } : {}),
    })),
    categories: names.map((name, i) => ({ id: i + 1, name, supercategory: '' })),
    annotations,
  };
}
