"""What the hooks of frames share: places of path-like things, and telling a read or a write once."""
