"""The only HTTP to models: the chat client, the demo endpoint, the search for local servers."""
