//! The dialogue of `review`: one pair at a time, one line of input for each. It reads whole lines, so that it also works
//! through a pipe. Each answer is written to the library before the next pair is shown.

use std::collections::HashSet;
use std::io::BufRead;

use reprise_library::{Library, QueuedPair, ReviewPair, ReviewQueue, TrackId, TrackInfo, TrackQuestion};
use reprise_wording::{chance, clock, reason};

use crate::command::compare::{passage, relation_in_words};
use crate::command::covers::title;
use crate::failure::Failure;
use crate::print::{self, count};

const QUESTION: &str = "One song? y yes, n no, l later, u undo, q quit, ? help";

const HELP: [&str; 6] = [
    "  y  They are versions of one song.",
    "  n  They are different songs, and are never joined.",
    "  l  Ask me about this pair another time.",
    "  u  Take back the last answer, and ask about that pair again.",
    "  q  Stop. Answers are kept, and the rest waits.",
    "  ?  Show this help.",
];

/// The ids of two tracks, as the queue gives them.
type Pair = (TrackId, TrackId);

/// A step of the user that can be undone.
enum Step {
    Answered {
        pair: Pair,
        /// The answer of before.
        before: Option<bool>,
    },
    Later(Pair),
}

/// What a line of input asks for.
enum Reply {
    Answer(bool),
    Later,
    Undo,
    Quit,
    Help,
}

impl Reply {
    fn read(line: &str) -> Option<Self> {
        match line.trim().to_lowercase().as_str() {
            "y" | "yes" => Some(Self::Answer(true)),
            "n" | "no" => Some(Self::Answer(false)),
            "l" | "later" => Some(Self::Later),
            "u" | "undo" => Some(Self::Undo),
            "q" | "quit" => Some(Self::Quit),
            "?" | "h" | "help" => Some(Self::Help),
            _ => None,
        }
    }
}

/// Asks about at most `limit` pairs of the queue, until the input ends.
pub fn dialogue(library: &Library, limit: usize, mut input: impl BufRead) -> Result<(), Failure> {
    let mut session = Session { library, steps: Vec::new(), again: None };
    while session.steps.len() < limit {
        let queue = library.review_queue()?;
        let Some(next) = session.next(&queue) else { break };
        show(library, &queue, &next)?;
        if !session.answer((next.a, next.b), &mut input)? {
            break;
        }
    }
    session.end()
}

struct Session<'l> {
    library: &'l Library,
    steps: Vec<Step>,
    /// The pair to show next, after an undo.
    again: Option<Pair>,
}

impl Session<'_> {
    /// The next pair: the one that was undone, else the first that was not put off in this session.
    fn next(&mut self, queue: &ReviewQueue) -> Option<QueuedPair> {
        let again = self.again.take();
        let is_again = |one: &&QueuedPair| Some((one.a, one.b)) == again;
        let later = self.put_off();
        let is_due = |one: &&QueuedPair| !later.contains(&(one.a, one.b));
        let next = queue.pairs.iter().find(is_again).or_else(|| queue.pairs.iter().find(is_due));
        next.copied()
    }

    fn put_off(&self) -> HashSet<Pair> {
        let later = self.steps.iter().filter_map(|step| match step {
            Step::Later(pair) => Some(*pair),
            Step::Answered { .. } => None,
        });
        later.collect()
    }

    /// Reads lines until one settles what becomes of this pair. Returns false if that is the end of the session.
    fn answer(&mut self, pair: Pair, input: &mut impl BufRead) -> Result<bool, Failure> {
        loop {
            print::line(QUESTION)?;
            let mut line = Vec::new();
            if input.read_until(b'\n', &mut line)? == 0 {
                return Ok(false);
            }
            match Reply::read(&String::from_utf8_lossy(&line)) {
                Some(Reply::Answer(is_yes)) => {
                    let question = TrackQuestion::OneSong(pair.0, pair.1);
                    let before = self.library.decide(question, Some(is_yes))?;
                    print::line(if is_yes { "Noted: one song." } else { "Noted: not one song." })?;
                    self.steps.push(Step::Answered { pair, before });
                    return Ok(true);
                }
                Some(Reply::Later) => {
                    self.steps.push(Step::Later(pair));
                    return Ok(true);
                }
                Some(Reply::Undo) if self.undo()? => return Ok(true),
                Some(Reply::Undo) => print::line("Nothing was answered in this session.")?,
                Some(Reply::Quit) => return Ok(false),
                Some(Reply::Help) => HELP.iter().try_for_each(|line| print::line(line))?,
                None => print::line("That is none of the letters.")?,
            }
        }
    }

    /// Takes back the last step; returns false if there is none.
    fn undo(&mut self) -> Result<bool, Failure> {
        let pair = match self.steps.pop() {
            None => return Ok(false),
            Some(Step::Later(pair)) => pair,
            Some(Step::Answered { pair, before }) => {
                self.library.decide(TrackQuestion::OneSong(pair.0, pair.1), before)?;
                print::line("Taken back.")?;
                pair
            }
        };
        self.again = Some(pair);
        Ok(true)
    }

    fn end(&self) -> Result<(), Failure> {
        let waiting = self.library.review_queue()?.pairs.len();
        let answered = self.steps.iter().filter(|step| matches!(step, Step::Answered { .. })).count();
        if answered > 0 {
            print::line(&format!("{} given.", count(answered, "answer")))?;
        }
        match waiting {
            0 => print::line("Nothing is left to review."),
            1 => print::line("1 pair waits."),
            n => print::line(&format!("{} wait.", count(n, "pair"))),
        }
    }
}

/// Prints a pair with all that helps to answer.
fn show(library: &Library, queue: &ReviewQueue, queued: &QueuedPair) -> Result<(), Failure> {
    let pair = library.review_pair(queued.a, queued.b)?;
    print::line("")?;
    print::line(&format!("{} of {} answered", queue.answered, queue.total))?;
    for track in [&pair.a, &pair.b] {
        show_track(track)?;
    }
    show_matching(&pair)?;
    print::line(&format!(
        "  {}; the answer concerns {}",
        chance(queued.probability),
        count(queued.tracks, "track")
    ))
}

fn show_track(track: &TrackInfo) -> Result<(), Failure> {
    let length = track.duration_s.map_or_else(String::new, |seconds| format!("  ({})", clock(seconds)));
    print::line(&format!("  {}{length}", title(track)))?;
    print::line(&format!("      {}", print::path(&track.path)))
}

fn show_matching(pair: &ReviewPair) -> Result<(), Failure> {
    let Some(matching) = &pair.matching else { return Ok(()) };
    print::line(&format!("  {}: {}", relation_in_words(matching), reason(&matching.reason)))?;
    matching.spans.iter().try_for_each(|span| print::line(&format!("      {}", passage(span))))
}
