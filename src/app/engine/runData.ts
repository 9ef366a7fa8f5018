import type { Folder } from '../../data/dataset';
import type { ExperimentData } from '../../data/experiment/experimentData';
import { folderData, type OnCase, phantomData } from '../../data/experiment/imageData';
import { phantomVolumeData, volumeFolderData } from '../../data/experiment/volumeData';
import { phantomSource } from '../../data/phantomSource';
import { holdsVolumes } from '../../data/volumeFolder';
import type { RunConfig } from '../configs';

/**
 * What a run trains on and is measured on, framed to side × side pixels: made in code, or read from `folder` where the
 * config says so. `onCase` is told how far it is; what it throws ends the loading.
 */
export async function loadRunData(
  { experiment: { data } }: RunConfig,
  side: number,
  folder: Folder | null,
  onCase: OnCase,
): Promise<ExperimentData> {
  const made = phantomSource(data.source);
  if (made) return (made.set === 'phantoms' ? phantomData : phantomVolumeData)(data, side, onCase);
  if (!folder) throw new Error(`the images and labels of this run (${data.source}) are not kept here; begin a new run`);
  return (await holdsVolumes(folder))
    ? volumeFolderData(folder, side, data, onCase)
    : folderData(folder, side, data, onCase);
}

/** Slices of a slab; 1 where the run trains on images. `volumes`: what is known of its data says volumes (`trainsVolumes`). */
export function depthOf({ experiment: { data } }: RunConfig, volumes: boolean): number {
  return volumes ? data.volume.depth : 1;
}
