/** A checkpoint that is damaged, refused or does not fit; the message ends with a remedy. */
export class CheckpointError extends Error {
  constructor(message: string, options?: ErrorOptions) {
    super(message, options);
    this.name = 'CheckpointError';
  }
}

/** An image file that does not decode, or whose size is refused before anything is allocated. */
export class ImageError extends Error {
  constructor(message: string, options?: ErrorOptions) {
    super(message, options);
    this.name = 'ImageError';
  }
}

/** A data folder, index.json or mask that cannot be used as it is. */
export class DatasetError extends Error {
  constructor(message: string, options?: ErrorOptions) {
    super(message, options);
    this.name = 'DatasetError';
  }
}

/** A volume file that does not read, or a volume that cannot be used as asked. */
export class VolumeError extends Error {
  constructor(message: string, options?: ErrorOptions) {
    super(message, options);
    this.name = 'VolumeError';
  }
}

/** A file of no format that is read here. */
export class FormatError extends Error {
  constructor(message: string, options?: ErrorOptions) {
    super(message, options);
    this.name = 'FormatError';
  }
}

/** The words of a caught value, for a message that wraps it. */
export const wordsOf = (error: unknown): string => (error instanceof Error ? error.message : String(error));
