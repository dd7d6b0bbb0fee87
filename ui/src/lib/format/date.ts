// Days and times, as the user's own country writes them.

/** The day and time of Unix seconds: "Dec 1, 2026, 11:04 AM". */
export function dayAndTime(unixS: number): string {
  return new Date(unixS * 1000).toLocaleString(undefined, { dateStyle: "medium", timeStyle: "short" });
}
