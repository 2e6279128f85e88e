"""What an assistant may ask: a read-only Model Context Protocol server on the published tables."""
