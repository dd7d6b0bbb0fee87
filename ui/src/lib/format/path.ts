// Paths of files, as short as they still tell something.

/** The name of a file, and of the folder that it is in. */
export function shortPath(path: string): string {
  return path.split(/[\\/]/).slice(-2).join("/");
}

/** The name of a file. */
export function fileName(path: string): string {
  return path.split(/[\\/]/).at(-1) ?? path;
}
