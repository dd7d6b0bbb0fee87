// What differs between a file and the one that it is compared with, and how rules of keeping are called.

import type { PlanFile, Rule } from "../ipc/backend";
import { bytes } from "./bytes";
import { clock, counted } from "./duration";

/** A difference in size below this share is the tags'. */
const SAME_SIZE = 0.01;
/** Shorter differences of length are those of encoders. */
const SAME_LENGTH_S = 0.5;

/** Rules that name no folder. */
export type PlainRule = Exclude<Rule, { folder: unknown }>;

/** What the kept file is, after "the file that". */
export const RULES: Record<PlainRule, string> = {
  lossless: "is lossless",
  cues: "has the most cue points",
  playlists: "is in the most playlists",
  bitRate: "has the highest quality",
  tags: "has the richest tags",
  oldest: "is the oldest",
};

export function ruleWords(rule: Rule): string {
  return typeof rule === "string" ? RULES[rule] : `is in ${rule.folder.path}`;
}

/** The same for two rules that say the same. */
export function ruleKey(rule: Rule): string {
  return typeof rule === "string" ? rule : `folder ${rule.folder.exact}`;
}

/** A file by itself: "FLAC, 912 kbit/s, 24.1 MB". */
export function facts(file: PlanFile): string[] {
  return [file.codec.toUpperCase(), `${file.kbitS} kbit/s`, bytes(file.sizeBytes), ...uses(file)];
}

/** Only what differs from the file that it is compared with: "MP3", "192 instead of 912 kbit/s", "-18.0 MB", "no picture". */
export function deltas(file: PlanFile, partner: PlanFile): string[] {
  const found: string[] = [];
  if (file.codec !== partner.codec) found.push(file.codec.toUpperCase());
  if (file.kbitS !== partner.kbitS) found.push(`${file.kbitS} instead of ${partner.kbitS} kbit/s`);
  const more = file.sizeBytes - partner.sizeBytes;
  if (Math.abs(more) > SAME_SIZE * partner.sizeBytes)
    found.push(`${more > 0 ? "+" : "\u2212"}${bytes(Math.abs(more))}`);
  const longer = file.durationS - partner.durationS;
  if (Math.abs(longer) > SAME_LENGTH_S)
    found.push(`${seconds(Math.abs(longer))} ${longer > 0 ? "longer" : "shorter"}`);
  if (file.lacks.length > 0) found.push(`lacks ${listed(file.lacks)}`);
  if (file.only.length > 0) found.push(`alone has ${listed(file.only)}`);
  const all = [...found, ...uses(file)];
  return all.length > 0 ? all : ["no difference"];
}

/** "0.7 s", or minutes and seconds from ten seconds on. */
function seconds(s: number): string {
  return s < 10 ? `${s.toFixed(1)} s` : clock(s);
}

function uses(file: PlanFile): string[] {
  return [
    ...(file.inPlaylists > 0
      ? [`in ${counted(file.inPlaylists, "playlist entry", "playlist entries")}`]
      : []),
    ...(file.cues > 0 ? [counted(file.cues, "cue point")] : []),
  ];
}

/** Up to two names; of more, how many. */
function listed(names: string[]): string {
  return names.length <= 2 ? names.join(" and ") : counted(names.length, "tag");
}
