// Which command of the window a pressed key asks for.

type Command = () => void;

export interface Keys {
  /** By the key; letters are lower case here, whether or not Shift is held. */
  plain: Record<string, Command>;
  /** Together with Control, or with Command on a Mac. */
  withControl: Record<string, Command>;
  /** 1 to 9. */
  digit: (digit: number) => void;
}

/** The command for a key; undefined where there is none, or where the focused element needs the key itself. */
export function commandFor(event: KeyboardEvent, keys: Keys): Command | undefined {
  const letter = event.key.toLowerCase();
  if (event.ctrlKey || event.metaKey) return keys.withControl[letter];
  if (event.altKey || isTyping(event.target)) return undefined;
  // A focused button keeps its own Space.
  if (event.key === " " && event.target instanceof HTMLButtonElement) return undefined;
  const digit = Number(event.key);
  if (digit >= 1 && digit <= 9) return () => keys.digit(digit);
  return keys.plain[event.key] ?? keys.plain[letter];
}

function isTyping(target: EventTarget | null): boolean {
  return target instanceof HTMLInputElement && ["text", "search"].includes(target.type);
}
