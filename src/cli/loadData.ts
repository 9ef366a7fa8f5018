import type { ExperimentData } from '../data/experiment/experimentData';
import { folderData, phantomData } from '../data/experiment/imageData';
import { phantomVolumeData, volumeFolderData } from '../data/experiment/volumeData';
import { phantomSource } from '../data/phantomSource';
import { holdsVolumes } from '../data/volumeFolder';
import type { DataConfig } from '../train/experiment/config';
import { diskFolder } from './files';
import { type BarStream, type Progress, progressBar } from './progress';

/** Slices of a slab of what `config` says; 1 where it is images. */
export async function depthOf({ source, volume }: DataConfig): Promise<number> {
  const made = phantomSource(source);
  const volumes = made ? made.set === 'phantom-3d' : await holdsVolumes(await diskFolder(source));
  return volumes ? volume.depth : 1;
}

/** What `config` says, framed to side × side pixels: made in code, or read from disk with a bar on `log`. */
export async function loadData(config: DataConfig, side: number, log: BarStream): Promise<ExperimentData> {
  const made = phantomSource(config.source);
  if (made) return (made.set === 'phantoms' ? phantomData : phantomVolumeData)(config, side);
  const folder = await diskFolder(config.source);
  const volumes = await holdsVolumes(folder);
  let bar: Progress | null = null;
  const read = volumes ? volumeFolderData : folderData;
  return read(folder, side, config, (done, total) => {
    bar ??= progressBar(volumes ? 'reading volumes' : 'reading images', total, log);
    bar.show(done);
    if (done === total) bar.end();
  });
}
