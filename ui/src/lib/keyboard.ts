// Which command of the window a pressed key asks for.

type Command = () => void;

export interface Keys {
  /** By the key; letters are lower case here, whether or not Shift is held. */
  plain?: Record<string, Command>;
  /** Together with Control, or with Command on a Mac. */
  withControl?: Record<string, Command>;
  /** 1 to 9. */
  digit?: (digit: number) => void;
}

/**
 * The command for a key by the first of `layers` that has one: those of a view come before those of the window.
 * Undefined where there is none, or where the focused element needs the key itself.
 */
export function commandFor(event: KeyboardEvent, ...layers: Keys[]): Command | undefined {
  return layers.map((keys) => inLayer(event, keys)).find((command) => command !== undefined);
}

function inLayer(event: KeyboardEvent, keys: Keys): Command | undefined {
  const letter = event.key.toLowerCase();
  if (event.ctrlKey || event.metaKey) return keys.withControl?.[letter];
  if (event.altKey || isTyping(event.target)) return undefined;
  // What Space works by itself keeps it: a button, a box to tick, what unfolds.
  if (event.key === " " && takesSpace(event.target)) return undefined;
  const digit = Number(event.key);
  const { digit: onDigit } = keys;
  if (digit >= 1 && digit <= 9 && onDigit !== undefined) return () => onDigit(digit);
  return keys.plain?.[event.key] ?? keys.plain?.[letter];
}

function takesSpace(target: EventTarget | null): boolean {
  if (target instanceof HTMLInputElement) return ["checkbox", "radio"].includes(target.type);
  return target instanceof HTMLElement && ["BUTTON", "SUMMARY", "A"].includes(target.tagName);
}

/** Letters go to the element: it takes text, or chooses by first letters. */
function isTyping(target: EventTarget | null): boolean {
  if (target instanceof HTMLSelectElement) return true;
  return target instanceof HTMLInputElement && ["text", "search"].includes(target.type);
}
