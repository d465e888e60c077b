/** How createTask spells what workers look at, read or listen to. */
import type { Kind, Task } from '../core/task.js';
import type { JsonRow } from './json-kinds.js';
import type { Names } from './rows.js';
import { wordOf } from './values.js';

const HINTS: Names = { instructions: 'comment', instructionImageBase64: 'imgInstructions' };

/** CapSolver counts cells from 0. */
function fromZero(cells: unknown): unknown {
  return Array.isArray(cells) ? cells.map((cell) => Number(cell) - 1) : cells;
}

/** CapMonster says for each cell whether it is one. */
function asBooleans(cells: unknown, { rows, columns, images }: Task): unknown {
  if (!Array.isArray(cells)) return cells;
  const size = images?.length ?? (rows ?? 3) * (columns ?? 3);
  return Array.from({ length: Math.max(size, ...cells) }, (_, index) => cells.includes(index + 1));
}

const BOOLEANS = { answer: { cells: 'answer' }, says: { cells: asBooleans } } as const;

/** Source: the API pages of 2Captcha, Anti-Captcha, CapMonster Cloud and CapSolver. */
// biome-ignore format: a table is read by its rows
export const JSON_IMAGES: Readonly<Partial<Record<Kind, JsonRow>>> = {
  image_to_text: {
    type: 'ImageToTextTask', proxied: null, alsoTypes: ['ImageToTextTaskMuggle'],
    names: {
      imageBase64: 'body', caseSensitive: 'case', phrase: 'phrase', numeric: 'numeric', math: 'math', minLength: 'minLength',
      maxLength: 'maxLength', ...HINTS, module: ['module', 'capMonsterModule'], confidenceThreshold: ['score', 'recognizingThreshold'],
      pageUrl: 'websiteURL',
    },
    answer: { text: 'text', confidence: 'confidence', url: 'url' },
  },
  text_question: { type: 'TextCaptchaTask', proxied: null, names: { question: 'comment' }, answer: { text: 'text' } },
  audio: { type: 'AudioTask', proxied: null, names: { audioBase64: 'body', lang: 'lang' }, answer: { text: ['text', 'token'] } },
  coordinates: {
    type: 'CoordinatesTask', proxied: null, alsoTypes: ['ImageToCoordinatesTask'],
    names: { imageBase64: 'body', ...HINTS, minClicks: 'minClicks', maxClicks: 'maxClicks', mode: 'mode', pageUrl: 'websiteURL' },
    answer: { coordinates: 'coordinates' },
    forms: { imagetocoordinatestask: { answer: { coordinates: 'coordinates' }, says: { coordinates: asPairs } } },
  },
  grid: {
    type: 'GridTask', proxied: null, alsoTypes: ['ComplexImageTask/recaptcha', 'ReCaptchaV2Classification'],
    names: {
      imageBase64: ['body', 'imagesBase64', 'image'], rows: 'rows', columns: 'columns', gridSize: ['metadata.Grid', 'size'],
      instructions: ['comment', 'metadata.Task', 'question'], instructionImageBase64: 'imgInstructions', imgType: 'imgType',
      minClicks: 'minClicks', maxClicks: 'maxClicks', previousId: 'previousId', canNoAnswer: 'canNoAnswer',
    },
    answer: { cells: ['click', 'answer'] },
    forms: {
      'compleximagetask/recaptcha': BOOLEANS,
      recaptchav2classification: { answer: { cells: 'objects' }, says: { cells: fromZero } },
    },
  },
  canvas: { type: 'DrawAroundTask', proxied: null, names: { imageBase64: 'body', ...HINTS }, answer: { paths: 'canvas' } },
  rotate: { type: 'RotateTask', proxied: null, names: { imageBase64: 'body', angle: 'angle', ...HINTS }, answer: { angle: 'rotate' } },
  bounding_box: { type: 'BoundingBoxTask', proxied: null, names: { imageBase64: 'body', ...HINTS }, answer: { boxes: 'bounding_boxes' } },
  temu_image: {
    type: 'TemuCaptchaTask', proxied: null, names: { imageBase64: 'image', parts: 'parts' }, answer: { coordinates: 'coordinates' },
  },
  vk_image: {
    type: 'VKCaptchaImageTask', proxied: null, names: { imageBase64: 'image', steps: 'steps' },
    answer: { bestStep: 'best_step', solution: 'solution', answer: 'answer', preview: 'preview' },
  },
  bls: {
    type: 'ComplexImageTask', proxied: null, alsoTypes: ['ComplexImageTask/recognition'],
    is: (sent) => /^bls/i.test(wordOf(sent.get('metadata.Task'))),
    fixed: { class: 'recognition', 'metadata.Task': 'bls_3x3' },
    names: { images: 'imagesBase64', instructions: 'metadata.TaskArgument' },
    answer: { cells: 'answer' },
    forms: { 'compleximagetask/recognition': BOOLEANS },
  },
};

/** Anti-Captcha lists its points as pairs. */
function asPairs(points: unknown): unknown {
  return Array.isArray(points) ? points.map(({ x, y }) => [x, y]) : points;
}
