"""What is true of a person, since when, and what took its place."""
