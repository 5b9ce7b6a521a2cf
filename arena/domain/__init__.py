"""What the arena is about, without input, output, clock or dice of its own."""
