"""What Reprise's models are made, checked and exported with; the application itself is Rust."""
