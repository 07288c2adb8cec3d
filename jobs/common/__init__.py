"""What jobs share: session, tables, sources, gates, progress, options."""
