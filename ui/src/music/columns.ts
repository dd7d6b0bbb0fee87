// The columns of the track list between the names and the versions: their headings and their cells.

import { clock } from "../lib/format/duration";
import type { SortKey, TrackRow } from "../lib/ipc/backend";

/** How wide a list is: columns that are less needed leave a narrower one. */
export type Room = "narrow" | "middle" | "wide";

export type Column = {
  key: SortKey;
  name: string;
  /** Of the grid. */
  width: string;
  /** The least room it is shown in. */
  from: Room;
  isNumeric: boolean;
  /** Its cell; empty for what is not known. */
  text: (track: TrackRow) => string;
};

export const COLUMNS: Column[] = [
  {
    key: "album",
    name: "Album",
    width: "minmax(0, 3fr)",
    from: "wide",
    isNumeric: false,
    text: (track) => track.album ?? "",
  },
  {
    key: "year",
    name: "Year",
    width: "2.5rem",
    from: "wide",
    isNumeric: true,
    text: (track) => `${track.year ?? ""}`,
  },
  {
    key: "duration",
    name: "Length",
    width: "3.25rem",
    from: "middle",
    isNumeric: true,
    text: (track) => (track.durationS === null ? "" : clock(track.durationS)),
  },
];

const ROOMS: Room[] = ["narrow", "middle", "wide"];
const ART = "2.25rem";
const NAMES: Record<Room, string> = {
  narrow: "minmax(0, 1fr)",
  middle: "minmax(0, 1fr)",
  wide: "minmax(0, 5fr)",
};
const VERSIONS: Record<Room, string> = { narrow: "5rem", middle: "5.5rem", wide: "6rem" };

/** The grid's columns for a list with so much room: art, names, columns, versions. */
export function grid(room: Room): string {
  const shown = COLUMNS.filter(({ from }) => ROOMS.indexOf(from) <= ROOMS.indexOf(room));
  return [ART, NAMES[room], ...shown.map(({ width }) => width), VERSIONS[room]].join(" ");
}
