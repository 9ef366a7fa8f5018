/** Small help with the DOM: elements are made by functions, never from text, so nothing can be injected. */

type Props<E extends Element> = Partial<{ [K in keyof E]: E[K] }>;

/** An HTML element with properties, attributes (names with a dash, or `role`) and children. */
export function el<K extends keyof HTMLElementTagNameMap>(
  tag: K,
  props: Props<HTMLElementTagNameMap[K]> & { readonly attrs?: Readonly<Record<string, string>> } = {},
  ...children: (Node | string)[]
): HTMLElementTagNameMap[K] {
  const { attrs = {}, ...rest } = props;
  const made = document.createElement(tag);
  Object.assign(made, rest);
  for (const [name, value] of Object.entries(attrs)) made.setAttribute(name, value);
  made.append(...children);
  return made;
}

/** The element with this id, of this class. Throws when the page has none: page and code must agree. */
export function byId<E extends HTMLElement>(id: string, kind: abstract new () => E): E {
  const found = document.getElementById(id);
  if (found instanceof kind) return found;
  throw new Error(`page: #${id} is ${found ? `no ${kind.name}` : 'missing'}`);
}

/** Sets text only when it differs, so that screen readers are not told twice. */
export function setText(node: HTMLElement, text: string): void {
  if (node.textContent !== text) node.textContent = text;
}

/** Shows or hides. */
export function setShown(node: HTMLElement, shown: boolean): void {
  if (node.hidden === shown) node.hidden = !shown;
}

/** A button of the page in the given state. */
export function setEnabled(button: HTMLButtonElement, enabled: boolean): void {
  if (button.disabled === enabled) button.disabled = !enabled;
}

/** Offers a blob as a download. */
export function download(name: string, blob: Blob): void {
  const url = URL.createObjectURL(blob);
  const link = el('a', { href: url, download: name });
  link.click();
  setTimeout(() => URL.revokeObjectURL(url), 60_000);
}

/** Whether typing goes into this element, so that keys are no shortcuts. */
export function takesText(target: EventTarget | null): boolean {
  if (!(target instanceof HTMLElement)) return false;
  return target.isContentEditable || ['INPUT', 'SELECT', 'TEXTAREA'].includes(target.tagName);
}
