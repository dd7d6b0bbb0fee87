// What is sung in the pretended library. Each rendition of a work has misheard words of its own and leaves a line out;
// some works are not sung, and some renditions are sung in German.

import type { SungLine, WordsBeside } from "../backend";
import { RENDITIONS, chance, trackRow, workOf } from "./tracks";

/** Of each song five lines, then its refrain. */
const POEMS = [
  `Seven white horses came down from the hill
And the bells of the harbour were silent and still
I wrote you a letter in ashes and rain
There's a lamp in the window that nobody lit
And a chair by the fire where you used to sit
Come home to me, come home on the morning train`,
  `Over the water the tall ships are sailing
My true love is gone with the gold of the year
I bought her a ribbon, I bought her a fiddle
She danced until dawn on the boards of the pier
A bird in the willow keeps calling and calling
And I shall be waiting, and I shall be here`,
  `Late in September the apples were falling
We carried our shoes through the grass and the dew
You swore by the moon on the roof of the dairy
The children are grown and the orchard is empty
I still hear you laugh in the dark by the river
For nobody knows me the way that you do`,
  `Brother, the ground is as hard as the winter
Hammer and shovel from Monday to noon
They promised us silver, they promised us honey
My father was buried in somebody's acre
The wheel never stops but it whistles a tune
So lay me down easy, and lay me down soon`,
  `The captain looks north and the captain looks grey
With a mile to the island and nothing to say
There is ice on the rigging and salt on the bread
We counted the living and sang for the dead
And the wind has a daughter who combs out her hair
Haul away, sister, there's land over there`,
  `I went to the city with nothing to sell
A coat and a song and a walnut shell
The landlord had daughters, the landlord had wine
He showed me a room with a light like a shrine
And the street was a river of umbrellas and song
Oh, how did you love me, and love me so long`,
  `Sleep, little fox, for the meadow is sleeping
The owl has her lantern, the mouse has her thread
There's frost on the gate and the starlight is creeping
Your grandmother's stories go soft to their bed
The mill has stopped turning, the miller is snoring
And all that was heavy is lighter than snow`,
  `Ring out for the baker, ring out for the bride
For the boy on the bridge with the world at his side
We'll drink to the summer, we'll drink to the hay
To the old and the broken who danced anyway
And whoever is sorry shall have the first glass
Ring out, ring out, till the morning is past`,
];
const GERMAN = [
  "Bruder, der Boden ist hart wie der Winter",
  "Hammer und Schaufel, bis Mittag der Schlag",
  "Silber versprachen sie, Honig versprachen sie",
  "Leg mich zur Ruhe, und leg mich noch heut",
  "Niemand weiß mehr, wo mein Vater jetzt lag",
  "Leg mich zur Ruhe, und leg mich noch heut",
];

/** What a word is taken for. */
const MISHEARD: Record<string, string> = {
  hill: "heel",
  bells: "belles",
  harbour: "arbour",
  ashes: "actions",
  water: "daughter",
  bird: "word",
  dew: "do",
  moon: "noon",
  ground: "crown",
  silver: "sliver",
  wheel: "will",
  island: "silence",
  ice: "eyes",
  coat: "goat",
  light: "lie",
  frost: "cross",
  heavy: "heaven",
  bride: "bright",
  glass: "class",
};

/** So many tracks are looked through for a line. */
const LOOKED_THROUGH = 600;
/** So much of what was typed must be in a line. */
const ENOUGH = 0.6;
/** At most so many answers, as the library gives. */
const FOUND = 8;

type PretendedWords = { language: string; lines: SungLine[] };

/** What is heard in a track; null where nobody sings. */
export function pretendedWords(id: number): PretendedWords | null {
  const work = workOf(id);
  if (work % 4 === 2) return null;
  const isGerman = work % 4 === 3 && id % RENDITIONS === 0;
  const sung = isGerman ? GERMAN : verses(work).filter((_, n) => n !== 1 + (id % RENDITIONS) * 4);
  const durationS = trackRow(id).durationS ?? 0;
  const [first, step] = [durationS * 0.08, (durationS * 0.84) / sung.length];
  const lines = sung.map((text, n): SungLine => {
    const startS = Math.round((first + n * step) * 10) / 10;
    const isGuessed = chance(id * 100 + n, 22) < 0.12;
    return {
      startS,
      endS: startS + step * 0.85,
      text: isGerman ? text : heard(text, id * 100 + n),
      isGuessed,
    };
  });
  return { language: isGerman ? "de" : "en", lines };
}

/** The lines of a song in the order in which they are sung: the refrain, 5, comes again and again. */
function verses(work: number): string[] {
  const lines = POEMS[work % POEMS.length]!.split("\n");
  return [0, 1, 2, 5, 3, 4, 5, 0, 1, 2, 5, 5].map((n) => lines[n]!);
}

function heard(text: string, seed: number): string {
  const word = (said: string, n: number) => (chance(seed * 10 + n, 20) < 0.3 ? MISHEARD[said] : null) ?? said;
  return text.split(" ").map(word).join(" ");
}

function bagOf(text: string): string[] {
  return text
    .toLowerCase()
    .split(/[^\p{L}\p{N}]+/u)
    .filter(Boolean);
}

/** How much of `words` is in `text`, 0 to 1. */
function share(words: string[], text: string): number {
  const there = new Set(bagOf(text));
  return words.filter((word) => there.has(word)).length / Math.max(words.length, 1);
}

/** Of the first `tracks` tracks those in which a line is sung, best first. */
export function foundLines(line: string, tracks: number): { track: number; line: SungLine }[] {
  const words = bagOf(line);
  const ids = Array.from({ length: Math.min(tracks, LOOKED_THROUGH) }, (_, i) => i + 1);
  const best = ids.flatMap((track) => {
    const lines = pretendedWords(track)?.lines ?? [];
    const shares = lines.map(({ text }) => share(words, text));
    const top = Math.max(0, ...shares);
    return top < ENOUGH ? [] : [{ track, line: lines[shares.indexOf(top)]!, top }];
  });
  return best
    .sort((one, other) => other.top - one.top)
    .slice(0, FOUND)
    .map(({ track, line }) => ({ track, line }));
}

export function wordsBeside(track: number, other: number): WordsBeside | null {
  const [one, two] = [pretendedWords(track), pretendedWords(other)];
  if (one === null || two === null) return null;
  let expected = 0;
  const matched = one.lines.map(({ text }) => {
    const words = bagOf(text);
    const fits = [...two.lines.keys()].filter((n) => share(words, two.lines[n]!.text) >= ENOUGH);
    // Of a refrain the one that follows the match before.
    const away = (n: number) => Math.abs(n - expected);
    const [best] = fits.sort((one, other) => away(one) - away(other));
    if (best === undefined) return null;
    expected = best + 1;
    return best;
  });
  return { own: one.lines, other: two.lines, matched, languages: [one.language, two.language] };
}
