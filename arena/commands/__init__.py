"""The commands by noun: thin, they parse, call and print. ``arena.cli`` registers them."""
