// Sizes of files in words.

/** "24.1 MB", "3.1 GB"; below a tenth of a megabyte in kilobytes. */
export function bytes(n: number): string {
  if (n >= 1e9) return `${(n / 1e9).toFixed(1)} GB`;
  if (n >= 1e5) return `${(n / 1e6).toFixed(1)} MB`;
  return `${Math.ceil(n / 1e3)} kB`;
}
