"""The Whence server."""
