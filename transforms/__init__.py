"""Pure: bytes to pages, texts to measures, measures to reasons. No session, no clock, no files."""
