"""Use cases: what a page or a command asks for, made of domain, storage and providers."""
