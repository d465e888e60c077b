/** Builds and updates the page out of elements and text: nothing from outside is ever read as markup. */

export type Child = Node | string | number | null | undefined | false | readonly Child[];
export type Attributes = Readonly<Record<string, string | number | boolean | null | undefined>>;

/** An HTML element; `true` is an attribute without a value, `false` and null leave it out. */
export function h(tag: string, attributes: Attributes = {}, ...children: readonly Child[]): HTMLElement {
  return fill(document.createElement(tag), attributes, children);
}

const SVG = 'http://www.w3.org/2000/svg';

/** An SVG element. */
export function s(tag: string, attributes: Attributes = {}, ...children: readonly Child[]): SVGElement {
  return fill(document.createElementNS(SVG, tag) as SVGElement, attributes, children);
}

function fill<Made extends Element>(element: Made, attributes: Attributes, children: readonly Child[]): Made {
  for (const [name, value] of Object.entries(attributes)) {
    if (value === true) element.setAttribute(name, '');
    else if (value !== false && value !== null && value !== undefined)
      element.setAttribute(name, String(value));
  }
  append(element, children);
  return element;
}

function append(parent: Element, children: readonly Child[]): void {
  for (const child of children) {
    if (Array.isArray(child)) append(parent, child);
    else if (child instanceof Node) parent.append(child);
    else if (typeof child === 'string' || typeof child === 'number') parent.append(String(child));
  }
}

/** The element of the page with this id. */
export function byId<Wanted extends HTMLElement = HTMLElement>(id: string): Wanted {
  const found = document.getElementById(id);
  if (!found) throw new Error(`The page has no #${id}.`);
  return found as Wanted;
}

/**
 * Makes the children of `parent` like these, changing only what differs: focus, selection, an opened detail and a
 * pressed button stay where they are. Elements with a `data-key` are the same one when the key is.
 */
export function render(parent: Element, ...children: readonly Child[]): void {
  const wanted = document.createElement('div');
  append(wanted, children);
  morphChildren(parent, wanted);
}

function morphChildren(parent: Element, wanted: Element): void {
  let place = parent.firstChild;
  for (const next of [...wanted.childNodes]) {
    const kept = place && isSame(place, next) ? place : findKeyed(place, next);
    if (!kept) {
      parent.insertBefore(next, place);
      continue;
    }
    if (kept !== place) parent.insertBefore(kept, place);
    else place = place.nextSibling;
    morph(kept, next);
  }
  while (place) {
    const gone = place;
    place = place.nextSibling;
    gone.remove();
  }
}

function findKeyed(from: ChildNode | null, wanted: Node): ChildNode | undefined {
  if (!(wanted instanceof Element) || keyOf(wanted) === null) return undefined;
  for (let node = from; node; node = node.nextSibling) if (isSame(node, wanted)) return node;
  return undefined;
}

function isSame(one: Node, other: Node): boolean {
  if (!(one instanceof Element) || !(other instanceof Element)) return one.nodeType === other.nodeType;
  return one.tagName === other.tagName && keyOf(one) === keyOf(other);
}

function keyOf(element: Element): string | null {
  return element.getAttribute('data-key');
}

function morph(kept: Node, wanted: Node): void {
  if (!(kept instanceof Element) || !(wanted instanceof Element)) {
    if (kept.nodeValue !== wanted.nodeValue) kept.nodeValue = wanted.nodeValue;
    return;
  }
  for (const { name } of [...kept.attributes]) {
    // Whether a detail is open is its reader's business.
    const isReaders = name === 'open' && kept.tagName === 'DETAILS';
    if (!wanted.hasAttribute(name) && !isReaders) kept.removeAttribute(name);
  }
  for (const { name, value } of [...wanted.attributes]) {
    if (kept.getAttribute(name) !== value) kept.setAttribute(name, value);
  }
  morphChildren(kept, wanted);
}
