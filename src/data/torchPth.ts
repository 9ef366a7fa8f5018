// torch files (.pth, .pt): opens either container, gives the tensors path names and the rest as plain values.
import { blobName, readSlice, startsWith } from './bytes';
import { CheckpointError } from './errors';
import { flattenTensors } from './flattenTensors';
import { unpickle } from './pickle';
import type { TensorFile } from './tensorFile';
import { legacyMagic, maxPickleBytes, openLegacy } from './torchLegacy';
import { rebuildStorage, type StorageReader } from './torchTensor';
import { openZip, type ZipFile, type ZipRecord } from './torchZip';

/** How to open a torch file. */
export interface TorchOptions {
  /** Check the checksums of zip records as they are read (default). Files saved with checksums turned off need `false`. */
  readonly checksum?: boolean;
}

/** The pickle of a torch zip file is ARCHIVE/data.pkl; a script archive has the model's code beside it. */
function findPickle(zip: ZipFile, name: string): { record: ZipRecord; folder: string } {
  const found = [...zip.records.keys()].filter((path) => /^[^/]+\/data\.pkl$/.test(path));
  const scripted = [...zip.records.keys()].some((path) => /^[^/]+\/(code\/|constants\.pkl$)/.test(path));
  if (scripted) {
    throw new CheckpointError(
      `${name}: it is a TorchScript archive, which holds code and is refused — in Python: torch.save(torch.jit.load(path).state_dict(), other)`,
    );
  }
  if (found.length !== 1) {
    throw new CheckpointError(
      `${name}: it is a zip file with ${found.length} data.pkl, a torch file has one — save it with torch.save`,
    );
  }
  return { record: zip.records.get(found[0])!, folder: found[0].slice(0, -'data.pkl'.length) };
}

async function readByteOrder(zip: ZipFile, folder: string, name: string): Promise<boolean> {
  const record = zip.records.get(`${folder}byteorder`);
  if (!record) return false; // before torch 2.0 there is none, and all files are little-endian
  const word = new TextDecoder().decode(await zip.read(record, 0, Math.min(record.size, 16)));
  if (word !== 'little' && word !== 'big')
    throw new CheckpointError(
      `${name}: byte order ${JSON.stringify(word)} is not known — the file is damaged; get it again`,
    );
  return word === 'big';
}

const badSum = (name: string, record: ZipRecord) =>
  new CheckpointError(
    `${name}: record ${JSON.stringify(record.name)} does not have the checksum that the file states — it is damaged; get it again (or open it with checksum: false if it was saved without checksums)`,
  );

function zipStorages(zip: ZipFile, folder: string, name: string, bigEndian: boolean, checksum: boolean): StorageReader {
  const find = (key: string): ZipRecord => {
    const record = zip.records.get(`${folder}data/${key}`);
    if (!record)
      throw new CheckpointError(
        `${name}: storage ${JSON.stringify(key)} is not in the file — it is damaged; get it again`,
      );
    return record;
  };
  return {
    bigEndian,
    size: (key) => find(key).size,
    read: async (key, start, end) => {
      const record = find(key);
      if (checksum && !(await zip.verify(record))) throw badSum(name, record);
      return zip.read(record, start, end);
    },
  };
}

async function openTorchZip(blob: Blob, name: string, checksum: boolean) {
  const zip = await openZip(blob, name);
  const { record, folder } = findPickle(zip, name);
  if (record.size > maxPickleBytes)
    throw new CheckpointError(`${name}: its pickle has ${record.size} bytes, at most ${maxPickleBytes} are read`);
  if (checksum && !(await zip.verify(record))) throw badSum(name, record);
  const { value } = unpickle(await zip.read(record, 0, record.size), 0, rebuildStorage);
  const bigEndian = await readByteOrder(zip, folder, name);
  return { value, storages: zipStorages(zip, folder, name, bigEndian, checksum) };
}

/**
 * Opens a torch file of either container; reads its pickle and its directory only. Tensors nested in dicts and lists are
 * in `entries` under path names (`state_dict.neck.0.weight`, `optimizer.state.0.exp_avg`; a lone tensor is `tensor`),
 * everything else is in `meta`. `CheckpointError` for damage and, by name, for whatever a pickle may not name.
 */
export async function openTorch(blob: Blob, name = blobName(blob), options: TorchOptions = {}): Promise<TensorFile> {
  const head = await readSlice(blob, 0, Math.min(blob.size, 16), name);
  try {
    if (startsWith(head, 'PK')) {
      const { value, storages } = await openTorchZip(blob, name, options.checksum !== false);
      return { kind: 'torch-zip', ...flattenTensors(value, storages) };
    }
    if (!startsWith(head, legacyMagic.slice(0, -1)))
      throw new CheckpointError('it begins as neither of torch’s two containers');
    const { value, storages } = await openLegacy(blob, name);
    return { kind: 'torch-legacy', ...flattenTensors(value, storages) };
  } catch (error) {
    if (!(error instanceof CheckpointError) || error.message.startsWith(name)) throw error;
    throw new CheckpointError(`${name}: ${error.message}`, { cause: error });
  }
}
