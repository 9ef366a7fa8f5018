import { fileFolder } from '../../data/dataset';
import { holdsVolumes, volumeStem } from '../../data/volumeFolder';
import type { FolderFiles, RunSource } from '../runProtocol';
import type { Cases } from './cases';
import { type LabelFolder, labelFolder } from './labelFolder';

/** The images and labels that came with a run as files to keep; null where its config says it all. */
export async function sourceFiles(source: RunSource, cases: Cases): Promise<LabelFolder | null> {
  if (source.kind === 'made') return null;
  if (source.kind === 'labels') {
    const labelled = source.cases.map((labels) => ({ of: cases.get(labels.case), labels }));
    return labelFolder(labelled, source.volumes);
  }
  return { files: filesOf(source.files), val: null, notes: [] };
}

/** Whether a chosen folder is trained on as volumes: as `loadRunData` will find it. */
export function folderHoldsVolumes(files: FolderFiles): Promise<boolean> {
  return holdsVolumes(fileFolder('the folder', filesOf(files)));
}

const filesOf = (files: FolderFiles) => withoutTop(new Map(files.map(({ path, blob }) => [path, blob] as const)));

/** A chosen folder's own name stands before every path; what lies in it is the data set. */
function withoutTop(files: ReadonlyMap<string, Blob>): ReadonlyMap<string, Blob> {
  const tops = new Set([...files.keys()].map((path) => path.split('/')[0]));
  const [top] = tops;
  const nested = tops.size === 1 && [...files.keys()].every((path) => path.includes('/'));
  if (!nested || ['images', 'masks', 'labels'].includes(volumeStem(top))) return files;
  return new Map([...files].map(([path, blob]) => [path.slice(top.length + 1), blob]));
}
