"""What a character remembers when something is said: asked, found, scored, packed."""
