//! The smallest worker program: what `reprise` does in its hidden subcommand. The integration tests run it as a correct
//! worker (`serve`) and as faulty ones.

use std::io::Write;
use std::process::ExitCode;

fn main() -> ExitCode {
    let mut arguments: Vec<_> = std::env::args_os().skip(1).collect();
    if arguments.is_empty() {
        return ExitCode::from(2);
    }
    match arguments.remove(0).to_str() {
        Some("serve") => reprise_audio::worker::serve(&arguments, std::io::stdout().lock()),
        Some(behaviour) => misbehave(behaviour),
        None => ExitCode::from(2),
    }
}

fn misbehave(behaviour: &str) -> ExitCode {
    let mut out = std::io::stdout().lock();
    let _ = match behaviour {
        "abort" => std::process::abort(),
        "garbage" => out.write_all(b"Segmentation fault (core dumped)\n"),
        "huge" => out.write_all(b"S\xff\xff\xff\xff"),
        "half" => out.write_all(b"S\x08\0\0\0\0\0\0\0"),
        "sleep" => {
            std::thread::sleep(std::time::Duration::from_secs(60));
            Ok(())
        }
        "eat" => reprise_audio::worker::confine(256 << 20).map(|()| eat()),
        _ => Ok(()),
    };
    ExitCode::SUCCESS
}

/// Allocates memory until none is left.
fn eat() {
    let mut eaten = Vec::new();
    loop {
        eaten.push(std::hint::black_box(vec![1u8; 16 << 20]));
    }
}
