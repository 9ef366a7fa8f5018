/** Text to the clipboard, said on the button that asked for it. */

/** Milliseconds that the answer stands. */
const SAID = 2000;

/** Copies; where the browser refuses, says so on the button. True when it worked. */
export async function copyText(text: string, button: HTMLButtonElement): Promise<boolean> {
  const label = button.dataset.label ?? button.textContent ?? '';
  button.dataset.label = label;
  let copied = true;
  try {
    await navigator.clipboard.writeText(text);
  } catch {
    // Refused, or not a secure page: the person can still select and copy.
    copied = false;
  }
  button.textContent = copied ? 'Copied' : 'The browser refuses: select and copy';
  setTimeout(() => {
    button.textContent = label;
  }, SAID);
  return copied;
}
