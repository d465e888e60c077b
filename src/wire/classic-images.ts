/** How in.php spells what workers look at, read or listen to. */
import type { Kind } from '../core/task.js';
import type { ClassicRow } from './classic-kinds.js';
import type { SentFields } from './sent-fields.js';
import { asFlag, wordOf } from './values.js';

const isOn = (name: string) => (sent: SentFields) => asFlag(sent.get(name)) === true;
/** cap.guru asks for clicks by one parameter. */
const clicks = (sent: SentFields) => wordOf(sent.get('click'));
const isPoints = (sent: SentFields) => isOn('coordinatescaptcha')(sent) || clicks(sent) === 'oth';
const isCanvas = isOn('canvas');
/** CaptchaAI asks for a grid by the type of the image alone. */
const isGrid = (sent: SentFields) => {
  const isAsked = isOn('recaptcha')(sent) || wordOf(sent.get('img_type')) === 'recaptcha';
  return (isAsked || clicks(sent) === 'recap2') && !isCanvas(sent);
};
/** Flags that nobody of today's services knows: whatever they ask for, it is no text. */
const isText = (sent: SentFields) => {
  return (
    !isPoints(sent) && !isCanvas(sent) && !isGrid(sent) && !sent.has(['textcaptcha', 'img_type', 'click'])
  );
};

const IMAGE = ['body', 'file', 'raw64'] as const;
const HINTS = {
  instructions: ['textinstructions', 'comment'],
  instructionImageBase64: 'imginstructions',
} as const;
const CLICKS = { minClicks: 'min_clicks', maxClicks: 'max_clicks' } as const;

function sayPoints(points: unknown): string | undefined {
  if (!Array.isArray(points)) return undefined;
  return `coordinates:${points.map(({ x, y }) => `x=${x},y=${y}`).join(';')}`;
}

/** That nothing matches is said with a word of its own. */
function sayCells(cells: unknown): unknown {
  return Array.isArray(cells) && cells.length === 0 ? 'No_matching_images' : cells;
}

function sayClicks(cells: unknown): string | undefined {
  return Array.isArray(cells) ? `click:${cells.join('/')}` : undefined;
}

/** Source: 2Captcha's API pages and official clients; CaptchaAI's pages for `bls` and the second names of grids. */
// biome-ignore format: a table is read by its rows
export const CLASSIC_IMAGES: Readonly<Partial<Record<Kind, ClassicRow>>> = {
  image_to_text: {
    method: 'base64', alsoMethods: ['post', ''], is: isText,
    names: {
      imageBase64: IMAGE, caseSensitive: 'regsense', phrase: 'phrase', numeric: 'numeric', math: 'calc', minLength: ['min_len', 'minLen'],
      maxLength: ['max_len', 'maxLen'], ...HINTS, languageSet: 'language', lang: 'lang',
    },
    answer: { text: 'request' },
  },
  text_question: {
    method: '', alsoMethods: ['post', 'textcaptcha'], is: (sent) => sent.has('textcaptcha'),
    names: { question: 'textcaptcha', languageSet: 'language', lang: 'lang' },
    answer: { text: 'request' },
  },
  audio: {
    method: 'audio',
    names: { audioBase64: ['body', 'file'], lang: 'lang' },
    answer: { text: 'request' },
  },
  coordinates: {
    method: 'base64', alsoMethods: ['post', ''], is: isPoints, fixed: { coordinatescaptcha: '1' },
    names: { imageBase64: IMAGE, ...HINTS, ...CLICKS, lang: 'lang' },
    answer: { coordinates: 'request' }, plain: sayPoints,
  },
  grid: {
    method: 'base64', alsoMethods: ['post', ''], is: isGrid, fixed: { recaptcha: '1' },
    names: {
      imageBase64: IMAGE, rows: 'recaptcharows', columns: 'recaptchacols', gridSize: 'grid_size',
      instructions: ['textinstructions', 'instructions', 'comment'], instructionImageBase64: 'imginstructions', imgType: 'img_type',
      ...CLICKS, previousId: 'previousID', canNoAnswer: 'can_no_answer', lang: 'lang',
    },
    answer: { cells: 'request' }, says: { cells: sayCells }, plain: sayClicks,
  },
  canvas: {
    method: 'base64', alsoMethods: ['post', ''], is: isCanvas, fixed: { recaptcha: '1', canvas: '1' },
    names: { imageBase64: IMAGE, ...HINTS, previousId: 'previousID', canNoAnswer: 'can_no_answer', lang: 'lang' },
    answer: { paths: 'request' },
  },
  rotate: {
    method: 'rotatecaptcha',
    names: { imageBase64: ['body', 'file', 'file_1'], angle: 'angle', ...HINTS, lang: 'lang' },
    answer: { angle: 'request' }, says: { angle: String },
  },
  bounding_box: {
    method: 'bounding_box',
    names: { imageBase64: ['image', 'body', 'file'], ...HINTS },
    answer: { boxes: 'request' },
  },
  temu_image: {
    method: 'temuimage',
    names: { imageBase64: ['body', 'file'], parts: 'part#' },
    answer: { coordinates: 'request' }, plain: sayPoints,
  },
  vk_image: {
    method: 'vkimage', isObject: true,
    names: { imageBase64: ['body', 'file'], steps: 'steps' },
    answer: { bestStep: 'request.best_step', solution: 'request.solution', answer: 'request.answer' },
  },
  bls: {
    method: 'bls',
    names: { images: 'image_base64_#', instructions: 'instructions', code: 'code' },
    answer: { cells: 'request' }, says: { cells: sayCells }, plain: sayClicks,
  },
};
