import { expect, test } from 'vitest';
import { parseEverything } from '../../src/app/everythingConfig';

test('SAM’s defaults, but for fewer points and thresholds within the small base’s reach; a value that makes no sense is named', () => {
  expect(parseEverything()).toMatchObject({
    ...{ pointsPerSide: 16, pointsPerBatch: 64, predIouThresh: 0.3, stabilityScoreThresh: 0.3 },
    ...{ stabilityScoreOffset: 1, boxNmsThresh: 0.7, minMaskRegionArea: 0 },
  });
  expect(() => parseEverything({ pointsPerSide: 0 })).toThrow(/pointsPerSide/);
  expect(() => parseEverything({ pointsPerSides: 3 })).toThrow(/pointsPerSides/);
});
